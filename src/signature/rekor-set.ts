// Rekor's promise that its log has recorded a signature: a signed entry timestamp (SET), checked offline.

import { createHash, type KeyObject } from 'node:crypto'
import { isObject, type JsonObject, parseBoundedJson } from '../image/bounded-json.ts'
import { duplicateKey } from '../image/duplicate-key.ts'
import { signatureLimits } from './image-signature.ts'
import { rejected } from './rejected.ts'
import { isSignedBy } from './sigstore-key.ts'

export interface RecordedSignature {
  /** DER of the public key, or of the certificate, that signed. */
  readonly signer: Uint8Array
  readonly signature: Uint8Array
  readonly payload: Uint8Array
}

/** When the log took in that very signature. `bundle` is the annotation's text. @throws denied `signature-rejected` */
export function recordedAt(bundle: string, recorded: RecordedSignature, rekorKeys: readonly KeyObject[]): Date {
  const { SignedEntryTimestamp: promise, Payload: payload } = exactly(parseObject(Buffer.from(bundle)), [
    'SignedEntryTimestamp',
    'Payload',
  ])
  const { body, integratedTime, logIndex, logID } = exactly(payload, ['body', 'integratedTime', 'logIndex', 'logID'])
  if (typeof body !== 'string' || typeof logID !== 'string') throw malformed()
  if (!Number.isSafeInteger(integratedTime) || !Number.isSafeInteger(logIndex)) throw malformed()
  // RFC 8785: keys sorted, no blanks, and texts and whole numbers as JSON.stringify prints them.
  const canonical = Buffer.from(JSON.stringify({ body, integratedTime, logID, logIndex }))
  const signature = base64(promise)
  if (!rekorKeys.some((key) => isSignedBy(key, canonical, signature))) {
    throw rejected('cryptographic signature verification of Rekor SET failed')
  }
  checkBody(parseObject(base64(body)), recorded)
  return new Date((integratedTime as number) * 1000)
}

/** A hashedrekord of version 0.0.1. */
function checkBody(entry: JsonObject, { signer, signature, payload }: RecordedSignature): void {
  if (entry['kind'] !== 'hashedrekord' || entry['apiVersion'] !== '0.0.1') {
    throw rejected('the entry in the Rekor SET is no hashedrekord of version 0.0.1')
  }
  const spec = member(entry, 'spec')
  const signed = member(spec, 'signature')
  const key = Buffer.from(base64(member(signed, 'publicKey')['content'])).toString('latin1')
  if (!isSame(pemContent(key), signer)) throw rejected('publicKey in Rekor SET does not match')
  if (!isSame(base64(signed['content']), signature)) throw rejected('signature in Rekor SET does not match')
  const { algorithm, value } = member(member(spec, 'data'), 'hash')
  const isPayload = algorithm === 'sha256' && value === createHash('sha256').update(payload).digest('hex')
  if (!isPayload) throw rejected('payload in Rekor SET does not match')
}

/** What stands in a PEM text with one block, whatever it is called. */
function pemContent(text: string): Uint8Array {
  const [, body] = /^\s*-----BEGIN [A-Z0-9 ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z0-9 ]+-----\s*$/.exec(text) ?? []
  if (body === undefined) throw rejected('a key or certificate is not in PEM format')
  return Buffer.from(body, 'base64')
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

function member(value: JsonObject, key: string): JsonObject {
  const found = value[key]
  if (isObject(found)) return found
  throw rejected(`the entry in the Rekor SET has no ${key}`)
}

function base64(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw malformed()
  return Buffer.from(value, 'base64')
}

function parseObject(bytes: Uint8Array): JsonObject {
  const document = parseBoundedJson(bytes, { what: 'Rekor SET', maxBytes: signatureLimits.maxBytes })
  if (duplicateKey(Buffer.from(bytes).toString('utf8')) !== undefined) throw malformed()
  return document
}

function exactly(value: unknown, keys: readonly string[]): JsonObject {
  if (!isObject(value) || Object.keys(value).length !== keys.length) throw malformed()
  if (!keys.every((key) => Object.hasOwn(value, key))) throw malformed()
  return value
}

function malformed() {
  return rejected('the Rekor SET is malformed')
}
