// `--decryption-key FILE[:PASSPHRASE]` → private keys. A passphrase is given as such (or pass=), or, for not all to see, as file= or fd=.

import { createPrivateKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { EngineError, errorReason, invalid } from '../base/errors.ts'
import { attempt, jsonWebKey, pemLabel, readKeyFile } from './key-file.ts'

export type DecryptionKeys = readonly KeyObject[]

/** Certificates may be among them, as others need them; we do not. @throws invalid `decryption-key-invalid`; not-found; unsupported */
export function readDecryptionKeys(texts: readonly string[]): DecryptionKeys {
  return texts.flatMap((text) => {
    if (text.startsWith('provider:')) throw unsupported('provider:', 'no key provider is asked')
    const colon = text.indexOf(':')
    const path = colon === -1 ? text : text.slice(0, colon)
    const bytes = readKeyFile(path)
    if (attempt(() => new X509Certificate(bytes)) !== undefined) return []
    return [readPrivateKey(path, bytes, colon === -1 ? undefined : text.slice(colon + 1))]
  })
}

function readPrivateKey(path: string, bytes: Buffer, passphrase: string | undefined): KeyObject {
  const jwk = jsonWebKey(bytes)
  if (jwk !== undefined) {
    const key = attempt(() => createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' }))
    if (key === undefined) throw noPrivateKey(path, bytes)
    return key
  }
  if (pemLabel(bytes)?.startsWith('PGP') === true) throw unsupported(`'${path}'`, 'keys of PGP are not read')
  if (/^pkcs11:/m.test(bytes.subarray(0, 4096).toString('latin1')))
    throw unsupported(`'${path}'`, 'no hardware module is asked')
  if (isProtected(bytes)) return unlock(path, bytes, passphrase)
  const key = [bytes, ...derForms(bytes)].map((form) => attempt(() => createPrivateKey(form))).find(Boolean)
  if (key === undefined) throw noPrivateKey(path, bytes)
  return key
}

function derForms(key: Buffer) {
  if (pemLabel(key) !== undefined) return []
  return (['pkcs8', 'pkcs1', 'sec1'] as const).map((type) => ({ key, format: 'der', type }) as const)
}

function isProtected(bytes: Buffer): boolean {
  return pemLabel(bytes)?.endsWith('PRIVATE KEY') === true && /\bENCRYPTED\b/.test(bytes.toString('latin1'))
}

/** As it is written, and without its last line break. */
function unlock(path: string, bytes: Buffer, passphrase: string | undefined): KeyObject {
  if (passphrase === undefined) {
    throw new EngineError({
      kind: 'denied',
      code: 'decryption-key-protected',
      message: `the key '${path}' is protected by a passphrase`,
      hint: `Name the file that has it: --decryption-key ${path}:file=PATH`,
    })
  }
  const exact = readPassphrase(passphrase)
  const forms = [exact, exact.toString('latin1').replace(/\r?\n$/, '')]
  for (const form of forms) {
    const key = attempt(() => createPrivateKey({ key: bytes, passphrase: form }))
    if (key !== undefined) return key
  }
  throw new EngineError({
    kind: 'denied',
    code: 'decryption-key-protected',
    message: `the passphrase does not open the key '${path}'`,
  })
}

function readPassphrase(text: string): Buffer {
  const [, how, value = ''] = /^(file|fd|pass)=(.*)$/s.exec(text) ?? []
  if (how === undefined) return Buffer.from(text)
  if (how === 'pass') return Buffer.from(value)
  if (how === 'fd' && !/^\d{1,9}$/.test(value))
    throw invalid('decryption-key-invalid', `--decryption-key: 'fd=${value}' is no file descriptor`)
  try {
    return readFileSync(how === 'fd' ? Number(value) : value)
  } catch (cause) {
    throw new EngineError({
      kind: 'not-found',
      code: 'key-file-missing',
      message: `the passphrase of a key cannot be read from ${how}=${value}: ${errorReason(cause)}`,
      cause,
    })
  }
}

function noPrivateKey(path: string, bytes: Buffer): EngineError {
  const isPublic = pemLabel(bytes)?.endsWith('PUBLIC KEY') === true || jsonWebKey(bytes) !== undefined
  return invalid(
    'decryption-key-invalid',
    isPublic
      ? `'${path}' is a public key: the private one decrypts`
      : `'${path}' is neither a private key nor a certificate`,
  )
}

function unsupported(what: string, reason: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'encryption-unsupported',
    message: `--decryption-key ${what} is not supported: ${reason}`,
    hint: 'Give the private key in PEM or DER, or as JSON Web Key.',
  })
}
