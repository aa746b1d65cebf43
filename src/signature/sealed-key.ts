// A private key at rest as cosign keeps it: scrypt makes a key of the passphrase, NaCl's secretbox seals the text with it.

import { randomBytes, scryptSync } from 'node:crypto'
import { type EngineError, invalid } from '../base/errors.ts'
import { isObject, parseBoundedJson } from '../image/bounded-json.ts'
import { openSecretBox, sealSecretBox } from './secret-box.ts'

interface Sealed {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number }
  readonly salt: Uint8Array
  readonly nonce: Uint8Array
  readonly ciphertext: Uint8Array
}

const maxBytes = 64 * 1024
const ourCost = { N: 65_536, r: 8, p: 1 }
/** scrypt takes 128 · N · r bytes: no file may ask for more than this. */
const maxMemoryBytes = 512 * 1024 * 1024

/** @throws invalid `key-malformed`, `passphrase-wrong` */
export function openSealedKey(document: Uint8Array, passphrase: string, path: string): Uint8Array {
  const sealed = parseSealed(document, path)
  const key = derive(passphrase, sealed)
  const content = openSecretBox(sealed.ciphertext, { key, nonce: sealed.nonce })
  if (content !== undefined) return content
  throw invalid('passphrase-wrong', `the passphrase does not open '${path}', or the file is damaged`)
}

export function sealKey(content: Uint8Array, passphrase: string): Uint8Array {
  const [salt, nonce] = [randomBytes(32), randomBytes(24)]
  const key = derive(passphrase, { cost: ourCost, salt })
  const document = {
    kdf: { name: 'scrypt', params: ourCost, salt: salt.toString('base64') },
    cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
    ciphertext: Buffer.from(sealSecretBox(content, { key, nonce })).toString('base64'),
  }
  return Buffer.from(JSON.stringify(document))
}

function derive(passphrase: string, { cost, salt }: Pick<Sealed, 'cost' | 'salt'>): Buffer {
  return scryptSync(passphrase, salt, 32, { ...cost, maxmem: maxMemoryBytes + 1024 * 1024 })
}

function parseSealed(bytes: Uint8Array, path: string): Sealed {
  const { kdf, cipher, ciphertext } = parseBoundedJson(bytes, { what: `'${path}'`, maxBytes })
  if (!isObject(kdf) || !isObject(cipher) || kdf['name'] !== 'scrypt' || cipher['name'] !== 'nacl/secretbox') {
    throw malformed(path, 'it is not sealed with scrypt and nacl/secretbox')
  }
  const [salt, nonce] = [bytesOf(kdf['salt'], path), bytesOf(cipher['nonce'], path)]
  if (salt.length < 16 || nonce.length !== 24) throw malformed(path, 'salt or nonce have the wrong length')
  return { cost: costOf(kdf['params'], path), salt, nonce, ciphertext: bytesOf(ciphertext, path) }
}

function costOf(params: unknown, path: string): Sealed['cost'] {
  const { N, r, p } = isObject(params) ? params : {}
  const isWhole = (value: unknown, least: number, most: number): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
  if (isWhole(N, 2 ** 14, 2 ** 20) && Number.isInteger(Math.log2(N)) && isWhole(r, 1, 32) && isWhole(p, 1, 16)) {
    if (128 * N * r <= maxMemoryBytes) return { N, r, p }
  }
  throw malformed(path, 'its scrypt parameters are out of bounds')
}

function bytesOf(value: unknown, path: string): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, 'base64')
  throw malformed(path, 'a field is missing')
}

function malformed(path: string, reason: string): EngineError {
  return invalid('key-malformed', `'${path}' is not a sigstore private key that can be read: ${reason}`)
}
