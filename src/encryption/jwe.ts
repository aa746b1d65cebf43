// JSON Web Encryption (RFC 7516) in its JSON forms, as far as layers' secrets need it: AES-GCM under a key that is wrapped for each recipient. All
// cryptography is node:crypto's; the library that there is, jose, takes no RSA keys below 2048 bits, and skopeo's own manual makes one of 1024.

import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { isObject, type JsonObject, parseBoundedJson } from '../image/bounded-json.ts'
import { type JweRecipient, unwrapKey, wrapKey } from './jwe-keys.ts'

const [nonceBytes, tagBytes] = [12, 16]

const ciphers: Readonly<
  Record<string, { readonly name: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm'; keyBytes: number }>
> = {
  A128GCM: { name: 'aes-128-gcm', keyBytes: 16 },
  A192GCM: { name: 'aes-192-gcm', keyBytes: 24 },
  A256GCM: { name: 'aes-256-gcm', keyBytes: 32 },
}

/** Flattened for one recipient, whose header is protected then; general for several. @throws what OpenSSL says of a key that is too short */
export function encryptJwe(secret: Uint8Array, recipients: readonly JweRecipient[]): Buffer {
  const [contentKey, nonce] = [randomBytes(32), randomBytes(nonceBytes)]
  const wrapped = recipients.map((recipient) => {
    const { header, encryptedKey } = wrapKey(contentKey, recipient)
    return { header, encrypted_key: text(encryptedKey) }
  })
  const [first, ...others] = wrapped
  const isAlone = first !== undefined && others.length === 0
  const header = text(Buffer.from(JSON.stringify({ ...(isAlone ? first.header : {}), enc: 'A256GCM' })))
  const cipher = createCipheriv('aes-256-gcm', contentKey, nonce).setAAD(Buffer.from(header))
  const ciphertext = text(Buffer.concat([cipher.update(secret), cipher.final()]))
  const keys = isAlone ? { encrypted_key: first.encrypted_key } : { recipients: wrapped }
  const document = { protected: header, ...keys, iv: text(nonce), ciphertext, tag: text(cipher.getAuthTag()) }
  return Buffer.from(JSON.stringify(document))
}

const maxBytes = 4 << 20
/** More are not tried: each costs an operation of RSA or the like. */
const mostRecipients = 1000

/** undefined where the key is for none of the recipients, or the document is damaged: the two cannot be told apart. */
export function decryptJwe(document: Uint8Array, key: KeyObject): Uint8Array | undefined {
  try {
    const jwe = parseBoundedJson(document, { what: 'JWE', maxBytes })
    const { recipients } = jwe
    for (const recipient of Array.isArray(recipients) ? recipients.slice(0, mostRecipients) : [jwe]) {
      const secret = isObject(recipient) ? openFor(jwe, recipient, key) : undefined
      if (secret !== undefined) return secret
    }
  } catch {
    // No JWE.
  }
  return undefined
}

function openFor(jwe: JsonObject, recipient: JsonObject, key: KeyObject): Uint8Array | undefined {
  try {
    const parameters = {
      ...object(jwe['unprotected']),
      ...object(recipient['header']),
      ...protectedHeader(jwe['protected']),
    }
    // What must be understood, and is not.
    if (parameters['crit'] !== undefined || parameters['zip'] !== undefined) return undefined
    const contentKey = unwrapKey(parameters, bytes(recipient['encrypted_key']), key)
    return contentKey && openContent(jwe, String(parameters['enc']), contentKey)
  } catch {
    return undefined
  }
}

function openContent(jwe: JsonObject, algorithm: string, contentKey: Uint8Array): Uint8Array | undefined {
  const cipher = Object.hasOwn(ciphers, algorithm) ? ciphers[algorithm] : undefined
  const [nonce, tag] = [bytes(jwe['iv']), bytes(jwe['tag'])]
  if (cipher?.keyBytes !== contentKey.length || nonce.length !== nonceBytes || tag.length !== tagBytes) return undefined
  const authenticated = [jwe['protected'] ?? '', ...(jwe['aad'] === undefined ? [] : [jwe['aad']])].join('.')
  const decipher = createDecipheriv(cipher.name, contentKey, nonce, { authTagLength: tagBytes })
  decipher.setAuthTag(tag).setAAD(Buffer.from(authenticated))
  return Buffer.concat([decipher.update(bytes(jwe['ciphertext'])), decipher.final()])
}

function protectedHeader(value: unknown): JsonObject {
  return value === undefined || value === '' ? {} : parseBoundedJson(bytes(value), { what: 'header', maxBytes })
}

function object(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

function text(value: Uint8Array): string {
  return Buffer.from(value).toString('base64url')
}

function bytes(value: unknown): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'base64url') : Buffer.alloc(0)
}
