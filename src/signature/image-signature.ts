// One signature of an image, and the bytes that it is kept as in a lookaside, a `dir:` and the store (containers-signature(5), "Storage").
// Nothing in it is trusted before it is verified.

import { EngineError } from '../base/errors.ts'
import { isObject, parseBoundedJson } from '../image/bounded-json.ts'
import { readStrings } from '../image/descriptor.ts'

export type ImageSignature =
  | { readonly kind: 'simple'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'sigstore'
      readonly mediaType: string
      readonly payload: Uint8Array
      readonly annotations: Readonly<Record<string, string>>
    }

export type SigstoreSignature = Extract<ImageSignature, { kind: 'sigstore' }>

export const signatureLimits = { maxBytes: 4 * 1024 * 1024, maxCount: 128 } as const

const sigstoreFormat = 'sigstore-json'
const simpleFormat = 'simple-signing'
/** How OpenPGP messages begin: compressed data, a one-pass signature, or a signature (RFC 4880, 4.2). */
const openPgpStarts = [0xa0, 0xa1, 0xa2, 0xa3, 0xc8, 0x90, 0x91, 0x92, 0xc4, 0x88, 0x89, 0x8a, 0x8b, 0xc2]

/** @throws corrupt `signature-malformed` */
export function readSignature(blob: Uint8Array, from: string): ImageSignature {
  if (blob.length > signatureLimits.maxBytes)
    throw malformed(from, `it has more than ${signatureLimits.maxBytes} bytes`)
  const [first] = blob
  if (first === undefined) throw malformed(from, 'it is empty')
  if (openPgpStarts.includes(first)) return { kind: 'simple', bytes: blob }
  if (first !== 0) throw malformed(from, 'its format is not recognized')
  const end = blob.indexOf(0x0a)
  const format = Buffer.from(blob.subarray(1, Math.max(end, 1))).toString('latin1')
  if (format === simpleFormat) return { kind: 'simple', bytes: blob.subarray(end + 1) }
  if (format === sigstoreFormat) return readSigstore(blob.subarray(end + 1), from)
  throw malformed(from, `its format '${format.slice(0, 40)}' is not known`)
}

/** What readSignature reads. */
export function signatureBlob(signature: ImageSignature): Uint8Array {
  if (signature.kind === 'simple') return signature.bytes
  const { mediaType, payload, annotations } = signature
  const document = { mimeType: mediaType, payload: Buffer.from(payload).toString('base64'), annotations }
  return Buffer.from(`\0${sigstoreFormat}\n${JSON.stringify(document)}`)
}

function readSigstore(bytes: Uint8Array, from: string): ImageSignature {
  const document = parseBoundedJson(bytes, { what: `signature ${from}`, maxBytes: signatureLimits.maxBytes })
  const { mimeType, payload, annotations } = document
  if (typeof mimeType !== 'string' || typeof payload !== 'string' || !(annotations === null || isObject(annotations))) {
    throw malformed(from, 'mimeType, payload and annotations are not what they should be')
  }
  return {
    kind: 'sigstore',
    mediaType: mimeType,
    payload: Buffer.from(payload, 'base64'),
    annotations: readStrings(annotations),
  }
}

function malformed(from: string, reason: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'signature-malformed',
    message: `parsing signature ${from}: ${reason}`,
  })
}
