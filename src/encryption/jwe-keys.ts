// How JWE wraps the key of its content for one recipient (RFC 7518, section 4): RSA-OAEP, or ECDH-ES with AES key wrap.

import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto'

export interface JweRecipient {
  readonly key: KeyObject
  /** Of `keyAlgorithms`, one that goes with the key. */
  readonly algorithm: string
  readonly keyId?: string
}

const oaepHashes: Readonly<Record<string, string>> = { 'RSA-OAEP': 'sha1', 'RSA-OAEP-256': 'sha256' }
/** Length of the key that wraps. */
const wrappingBytes: Readonly<Record<string, number>> = {
  'ECDH-ES+A256KW': 32,
  'ECDH-ES+A192KW': 24,
  'ECDH-ES+A128KW': 16,
}

export const keyAlgorithms = [...Object.keys(oaepHashes), ...Object.keys(wrappingBytes)]

const padding = constants.RSA_PKCS1_OAEP_PADDING

export interface WrappedKey {
  readonly header: Readonly<Record<string, unknown>>
  readonly encryptedKey: Uint8Array
}

/** @throws what OpenSSL says of a key that is too short */
export function wrapKey(contentKey: Uint8Array, { key, algorithm, keyId }: JweRecipient): WrappedKey {
  const header = { alg: algorithm, ...(keyId === undefined ? {} : { kid: keyId }) }
  const oaepHash = oaepHashes[algorithm]
  if (oaepHash !== undefined) return { header, encryptedKey: publicEncrypt({ key, padding, oaepHash }, contentKey) }
  const pair = generateKeyPairSync('ec', { namedCurve: key.asymmetricKeyDetails?.namedCurve ?? '' })
  const shared = diffieHellman({ privateKey: pair.privateKey, publicKey: key })
  const wrapping = deriveKey(shared, { algorithm, bytes: wrappingBytes[algorithm] ?? 0 })
  const cipher = createCipheriv(wrapCipher(wrapping), wrapping, wrapStart)
  const encryptedKey = Buffer.concat([cipher.update(contentKey), cipher.final()])
  return { header: { ...header, epk: pair.publicKey.export({ format: 'jwk' }) }, encryptedKey }
}

/** undefined where the header is about another kind of key. @throws where the key does not fit */
export function unwrapKey(
  header: Readonly<Record<string, unknown>>,
  encryptedKey: Uint8Array,
  key: KeyObject,
): Uint8Array | undefined {
  const algorithm = String(header['alg'])
  const [oaepHash, bytes] = [own(oaepHashes, algorithm), own(wrappingBytes, algorithm)]
  if (key.asymmetricKeyType === 'rsa' && oaepHash !== undefined) {
    return privateDecrypt({ key, padding, oaepHash }, encryptedKey)
  }
  if (key.asymmetricKeyType !== 'ec' || bytes === undefined) return undefined
  // That the point is on the curve is checked by OpenSSL here.
  const publicKey = createPublicKey({ key: header['epk'] as JsonWebKey, format: 'jwk' })
  const shared = diffieHellman({ privateKey: key, publicKey })
  const [partyU, partyV] = [header['apu'], header['apv']].map(bytesOf)
  const wrapping = deriveKey(shared, { algorithm, bytes, partyU, partyV })
  const decipher = createDecipheriv(wrapCipher(wrapping), wrapping, wrapStart)
  return Buffer.concat([decipher.update(encryptedKey), decipher.final()])
}

/** RFC 3394, 2.2.3.1 */
const wrapStart = Buffer.alloc(8, 0xa6)

function wrapCipher(key: Uint8Array): string {
  return `id-aes${key.length * 8}-wrap`
}

export interface Derivation {
  readonly algorithm: string
  /** 32 at most. */
  readonly bytes: number
  readonly partyU?: Uint8Array | undefined
  readonly partyV?: Uint8Array | undefined
}

/** The Concat KDF of RFC 7518, section 4.6.2: one round of SHA-256 gives what is wanted. */
export function deriveKey(shared: Uint8Array, { algorithm, bytes, partyU, partyV }: Derivation): Buffer {
  const parts = [
    numberOf(1),
    shared,
    withLength(Buffer.from(algorithm)),
    withLength(partyU ?? Buffer.alloc(0)),
    withLength(partyV ?? Buffer.alloc(0)),
    numberOf(bytes * 8),
  ]
  return createHash('sha256').update(Buffer.concat(parts)).digest().subarray(0, bytes)
}

function withLength(bytes: Uint8Array): Buffer {
  return Buffer.concat([numberOf(bytes.length), bytes])
}

function numberOf(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function bytesOf(value: unknown): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'base64url') : Buffer.alloc(0)
}

/** Names come from documents that anybody writes. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
