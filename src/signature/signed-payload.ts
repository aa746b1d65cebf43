// What a signature says: that the image with this digest is called so (containers-signature(5), "JSON Data Format"; cosign's payload
// differs in its type alone). Read strictly: a field that is not understood could be a condition.

import { createHash } from 'node:crypto'
import { type Digest, digestAlgorithm, digestHex, isDigest } from '../base/digest.ts'
import { isObject, type JsonObject, parseBoundedJson } from '../image/bounded-json.ts'
import { duplicateKey } from '../image/duplicate-key.ts'
import { signatureLimits } from './image-signature.ts'
import { rejected } from './rejected.ts'

export interface SignedPayload {
  readonly digest: Digest
  readonly reference: string
}

export const payloadTypes = {
  simple: 'atomic container signature',
  sigstore: 'cosign container image signature',
} as const

export type PayloadType = (typeof payloadTypes)[keyof typeof payloadTypes]

/** Of bytes whose signature has been verified. @throws denied `signature-rejected` */
export function parseSignedPayload(bytes: Uint8Array, type: PayloadType): SignedPayload {
  const document = parseObject(bytes)
  const { critical, optional } = exactly(document, ['critical', 'optional'])
  checkOptional(optional, type)
  const { type: own, image, identity } = exactly(critical, ['type', 'image', 'identity'])
  if (own !== type) throw rejected(`unrecognized signature type ${JSON.stringify(own)?.slice(0, 100)}`)
  const { 'docker-manifest-digest': digest } = exactly(image, ['docker-manifest-digest'])
  const { 'docker-reference': reference } = exactly(identity, ['docker-reference'])
  if (typeof digest !== 'string' || !isDigest(digest)) throw rejected('what was signed names no digest')
  if (typeof reference !== 'string') throw rejected('what was signed names no reference')
  return { digest, reference }
}

/** Keys in Go's order, as skopeo writes them. */
export function printSignedPayload(
  { digest, reference }: SignedPayload,
  of: { readonly type: PayloadType; readonly creator: string; readonly timestamp: number },
): Uint8Array {
  const critical = {
    identity: { 'docker-reference': reference },
    image: { 'docker-manifest-digest': digest },
    type: of.type,
  }
  return Buffer.from(JSON.stringify({ critical, optional: { creator: of.creator, timestamp: of.timestamp } }))
}

export function hasDigest(manifest: Uint8Array, digest: Digest): boolean {
  return createHash(digestAlgorithm(digest)).update(manifest).digest('hex') === digestHex(digest)
}

function parseObject(bytes: Uint8Array): JsonObject {
  const document = parseBoundedJson(bytes, { what: 'what was signed', maxBytes: signatureLimits.maxBytes })
  const twice = duplicateKey(Buffer.from(bytes).toString('utf8'))
  if (twice !== undefined) throw rejected(`what was signed has the key "${twice.slice(0, 100)}" twice`)
  return document
}

/** cosign writes null for no annotations. */
function checkOptional(optional: unknown, type: PayloadType): void {
  if (optional === null && type === payloadTypes.sigstore) return
  if (!isObject(optional)) throw rejected('what was signed has no optional part')
  const { creator, timestamp } = optional
  if (creator !== undefined && typeof creator !== 'string') throw rejected('the creator that was signed is no text')
  if (timestamp !== undefined && !Number.isSafeInteger(timestamp))
    throw rejected('the time that was signed is no integer')
}

function exactly(value: unknown, keys: readonly string[]): JsonObject {
  if (!isObject(value)) throw rejected('what was signed has not the form of a signature')
  const names = Object.keys(value)
  if (names.length === keys.length && keys.every((key) => Object.hasOwn(value, key))) return value
  throw rejected(`what was signed has the keys ${names.join(', ').slice(0, 200)} in place of ${keys.join(', ')}`)
}
