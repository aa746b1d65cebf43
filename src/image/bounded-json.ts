// JSON from strangers. Size and nesting are checked before the parser sees a byte, so that a document can cost no more than its cap.

import { EngineError } from '../base/errors.ts'

export interface JsonBounds {
  /** What the document is, for messages: "manifest". */
  readonly what: string
  readonly maxBytes: number
  readonly maxDepth?: number
}

export type JsonObject = Readonly<Record<string, unknown>>

/** @throws corrupt `document-too-large`, `document-too-deep`, `document-malformed`: not an object, or not JSON */
export function parseBoundedJson(bytes: Uint8Array, bounds: JsonBounds): JsonObject {
  if (bytes.length > bounds.maxBytes) {
    throw broken('document-too-large', `${bounds.what} has ${bytes.length} bytes, more than ${bounds.maxBytes}`)
  }
  const maxDepth = bounds.maxDepth ?? 64
  if (isDeeper(bytes, maxDepth))
    throw broken('document-too-deep', `${bounds.what} nests deeper than ${maxDepth} levels`)
  const value = parse(bytes, bounds)
  if (isObject(value)) return value
  throw broken('document-malformed', `${bounds.what} is not a JSON object`)
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(bytes: Uint8Array, bounds: JsonBounds): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
  } catch (cause) {
    throw broken('document-malformed', `${bounds.what} is not JSON`, cause)
  }
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d]

function isDeeper(bytes: Uint8Array, maxDepth: number): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (isInString) {
      if (byte === backslash) at++
      else if (byte === quote) isInString = false
    } else if (byte === quote) isInString = true
    else if (byte === openBrace || byte === openBracket) depth++
    else if (byte === closeBrace || byte === closeBracket) depth--
    if (depth > maxDepth) return true
  }
  return false
}

function broken(code: string, message: string, cause?: unknown): EngineError {
  return new EngineError({ kind: 'corrupt', code, message, cause })
}
