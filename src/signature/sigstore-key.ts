// Keys of sigstore signatures: ECDSA, RSA and Ed25519, with SHA-256 whatever the curve, as cosign has it.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { EngineError, invalid } from '../base/errors.ts'
import { openSealedKey, sealKey } from './sealed-key.ts'

const curves = ['prime256v1', 'secp384r1', 'secp521r1']
const minimalRsaBits = 2048

/** One PEM text with one public key. @throws invalid `key-malformed`, `key-unsupported` */
export function readPublicKey(pem: Uint8Array, what: string): KeyObject {
  const text = Buffer.from(pem).toString('utf8')
  const labels = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label]) => label)
  if (labels.length !== 1 || !['PUBLIC KEY', 'RSA PUBLIC KEY'].includes(labels[0] ?? '')) {
    throw invalid('key-malformed', `${what} is not one public key in PEM`)
  }
  return checkKey(
    parse(what, () => createPublicKey(text)),
    what,
  )
}

/** @throws invalid `key-unsupported` for what is weak or of another kind */
export function checkKey(key: KeyObject, what: string): KeyObject {
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  const isFine =
    key.asymmetricKeyType === 'ed25519' ||
    (key.asymmetricKeyType === 'ec' && curves.includes(namedCurve)) ||
    (key.asymmetricKeyType === 'rsa' && modulusLength >= minimalRsaBits)
  if (isFine) return key
  throw invalid(
    'key-unsupported',
    `${what} is neither ECDSA (P-256, P-384, P-521) nor RSA of ${minimalRsaBits} bits nor Ed25519`,
  )
}

export function isSignedBy(key: KeyObject, content: Uint8Array, signature: Uint8Array): boolean {
  return verify(digestFor(key), content, key, signature)
}

export function signBytes(key: KeyObject, content: Uint8Array): Uint8Array {
  return sign(digestFor(key), content, key)
}

/** What cosign generate-key-pair and generate-sigstore-key make. @throws invalid `key-malformed`, `passphrase-wrong` */
export function openPrivateKey(pem: string, passphrase: string, path: string): KeyObject {
  const [, body] =
    /^\s*-----BEGIN ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY-----\s*$/.exec(
      pem,
    ) ?? []
  if (body === undefined) throw notEncrypted(path)
  const der = openSealedKey(Buffer.from(body, 'base64'), passphrase, path)
  const key = parse(path, () => createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }))
  return checkKey(key, path)
}

export interface SigstoreKeyPair {
  readonly privateKey: string
  readonly publicKey: string
}

/** ECDSA P-256; the private key is encrypted with the passphrase. */
export function generateKeyPair(passphrase: string): SigstoreKeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const sealed = sealKey(privateKey.export({ format: 'der', type: 'pkcs8' }), passphrase)
  const lines =
    Buffer.from(sealed)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  const label = 'ENCRYPTED COSIGN PRIVATE KEY'
  return {
    privateKey: `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`,
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  }
}

function digestFor(key: KeyObject): string | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
}

function parse(what: string, read: () => KeyObject): KeyObject {
  try {
    return read()
  } catch (cause) {
    throw new EngineError({
      kind: 'invalid',
      code: 'key-malformed',
      message: `${what} is not a key that can be read`,
      cause,
    })
  }
}

function notEncrypted(path: string): EngineError {
  return invalid(
    'key-malformed',
    `'${path}' is not an encrypted sigstore private key`,
    'Make one with: gantry generate-sigstore-key --output-prefix PREFIX',
  )
}
