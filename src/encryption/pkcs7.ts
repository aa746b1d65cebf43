// PKCS #7 enveloped data (RFC 2315) around a layer's secret, in the one shape that the container tools write and read: the content under AES-GCM,
// its key under RSA (PKCS #1 v1.5) for each certificate. That shape is nobody's standard: GCM's tag is part of the content, and its parameters
// stand in a primitive value (tag 0x10); so no library has it, nor `openssl cms`. All cryptography is node:crypto's.

import {
  constants,
  createCipheriv,
  createDecipheriv,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  type X509Certificate,
} from 'node:crypto'
import { type DerValue, derTags, readDer, readDerValues } from '../signature/der.ts'

/** Object identifiers as DER has them, in hex. */
const ids = {
  data: '2a864886f70d010701',
  envelopedData: '2a864886f70d010703',
  rsaEncryption: '2a864886f70d010101',
  aes128Gcm: '608648016503040106',
  aes256Gcm: '60864801650304012e',
} as const

const ciphers: Readonly<Record<string, { readonly name: 'aes-128-gcm' | 'aes-256-gcm'; readonly keyBytes: number }>> = {
  [ids.aes128Gcm]: { name: 'aes-128-gcm', keyBytes: 16 },
  [ids.aes256Gcm]: { name: 'aes-256-gcm', keyBytes: 32 },
}

const [nonceBytes, tagBytes] = [12, 16]
const tags = { set: 0x31, choice: 0xa0, nonce: 0x84, parameters: 0x10 } as const
const padding = constants.RSA_PKCS1_PADDING

/** The certificates' keys are RSA's. */
export function encryptPkcs7(secret: Uint8Array, recipients: readonly X509Certificate[]): Buffer {
  const [key, nonce] = [randomBytes(16), randomBytes(nonceBytes)]
  const cipher = createCipheriv('aes-128-gcm', key, nonce)
  const content = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()])
  const parameters = der(derTags.sequence, der(tags.nonce, nonce), integer(tagBytes))
  const algorithm = der(derTags.sequence, oid('aes128Gcm'), der(tags.parameters, parameters))
  const encrypted = der(tags.choice, der(derTags.octets, content))
  const infos = recipients.map((certificate) => recipientInfo(certificate, key))
  const envelope = der(
    derTags.sequence,
    integer(0),
    der(tags.set, ...infos),
    der(derTags.sequence, oid('data'), algorithm, encrypted),
  )
  return der(derTags.sequence, oid('envelopedData'), der(tags.choice, envelope))
}

function recipientInfo(certificate: X509Certificate, contentKey: Buffer): Buffer {
  const encryptedKey = publicEncrypt({ key: certificate.publicKey, padding }, contentKey)
  return der(
    derTags.sequence,
    integer(0),
    issuerAndSerial(certificate),
    der(derTags.sequence, oid('rsaEncryption')),
    der(derTags.octets, encryptedKey),
  )
}

function issuerAndSerial({ raw }: X509Certificate): Buffer {
  const [body] = sequenceIn(raw)
  const fields = partsOf(body).filter(({ tag }) => tag !== tags.choice)
  const [serial, , issuer] = fields as [DerValue, DerValue, DerValue]
  return der(derTags.sequence, der(issuer.tag, issuer.content), der(serial.tag, serial.content))
}

/** undefined where the key is for none of the recipients, or the document is damaged. */
export function decryptPkcs7(document: Uint8Array, key: KeyObject): Uint8Array | undefined {
  if (key.asymmetricKeyType !== 'rsa') return undefined
  try {
    const { encryptedKeys, content } = readEnvelope(document)
    for (const encryptedKey of encryptedKeys) {
      const secret = openContent(content, key, encryptedKey)
      if (secret !== undefined) return secret
    }
  } catch {
    // Not that shape.
  }
  return undefined
}

/** More are not tried: each costs an operation of RSA. */
const mostRecipients = 1000

interface Content {
  readonly algorithm: string
  readonly nonce: Uint8Array
  readonly bytes: Uint8Array
}

function readEnvelope(document: Uint8Array): { encryptedKeys: Uint8Array[]; content: Content } {
  const [type, wrapped] = sequenceIn(document)
  if (idOf(type) !== ids.envelopedData) throw new Error('another type of content')
  const [, infos, encrypted] = sequenceIn(wrapped?.content)
  const encryptedKeys = partsOf(infos)
    .slice(0, mostRecipients)
    .flatMap((info) => {
      const [, , algorithm, encryptedKey] = partsOf(info)
      return encryptedKey !== undefined && idOf(partsOf(algorithm)[0]) === ids.rsaEncryption
        ? [encryptedKey.content]
        : []
    })
  return { encryptedKeys, content: readContent(encrypted) }
}

function readContent(encrypted: DerValue | undefined): Content {
  const [, algorithm, bytes] = partsOf(encrypted)
  const [id, parameters] = partsOf(algorithm)
  const [nonce, length] = sequenceIn(parameters?.content)
  if (nonce?.content.length !== nonceBytes || length?.content[0] !== tagBytes) throw new Error('other parameters')
  // One string of bytes, or several that are to be joined.
  const joined = Buffer.concat(partsOf(bytes).map((part) => part.content))
  return { algorithm: idOf(id), nonce: nonce.content, bytes: joined }
}

function sequenceIn(bytes: Uint8Array = Buffer.of()): DerValue[] {
  return readDerValues(readDer(bytes, derTags.sequence))
}

function partsOf(value: DerValue | undefined): DerValue[] {
  return readDerValues(value?.content ?? Buffer.of())
}

function idOf(id: DerValue | undefined): string {
  return Buffer.from(id?.content ?? Buffer.of()).toString('hex')
}

/** A wrong key opens to random bytes rather than to an error: only the tag tells. */
function openContent(content: Content, key: KeyObject, encryptedKey: Uint8Array): Uint8Array | undefined {
  const cipher = ciphers[content.algorithm]
  try {
    const contentKey = privateDecrypt({ key, padding }, encryptedKey)
    if (cipher?.keyBytes !== contentKey.length) return undefined
    const decipher = createDecipheriv(cipher.name, contentKey, content.nonce, { authTagLength: tagBytes })
    decipher.setAuthTag(content.bytes.subarray(-tagBytes))
    return Buffer.concat([decipher.update(content.bytes.subarray(0, -tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.of(tag, ...lengthOf(content.length)), content])
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  const significant = [...bytes].slice(bytes.findIndex((byte) => byte !== 0))
  return [0x80 | significant.length, ...significant]
}

function integer(value: number): Buffer {
  return der(derTags.integer, Buffer.of(value))
}

function oid(name: keyof typeof ids): Buffer {
  return der(derTags.oid, Buffer.from(ids[name], 'hex'))
}
