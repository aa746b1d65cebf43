// JSON from strangers. Size, nesting and the members of an object are checked before the parser sees a byte, so that a document can cost no
// more than its cap.

import { EngineError } from '../base/errors.ts'

export interface JsonBounds {
  /** What the document is, for messages: "manifest". */
  readonly what: string
  readonly maxBytes: number
  readonly maxDepth?: number
}

export type JsonObject = Readonly<Record<string, unknown>>

/** @throws corrupt `document-too-large`, `document-too-deep`, `document-too-wide`, `document-malformed`: not an object, or not JSON */
export function parseBoundedJson(bytes: Uint8Array, bounds: JsonBounds): JsonObject {
  if (bytes.length > bounds.maxBytes) {
    throw broken('document-too-large', `${bounds.what} has ${bytes.length} bytes, more than ${bounds.maxBytes}`)
  }
  const maxDepth = bounds.maxDepth ?? 64
  const excess = measure(bytes, maxDepth)
  if (excess === 'deep') throw broken('document-too-deep', `${bounds.what} nests deeper than ${maxDepth} levels`)
  if (excess === 'wide') {
    throw broken('document-too-wide', `${bounds.what} holds an object with more than ${maxMembers} members`)
  }
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

const maxMembers = 10_000
const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

function measure(bytes: Uint8Array, maxDepth: number): 'deep' | 'wide' | undefined {
  // By depth: members so far; of an array, none.
  const members = new Float64Array(maxDepth + 1)
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === quote) at = endOfString(bytes, at + 1)
    else if (byte === openBrace || byte === openBracket) {
      if (++depth > maxDepth) return 'deep'
      members[depth] = byte === openBrace ? 1 : Number.NEGATIVE_INFINITY
    } else if (byte === closeBrace || byte === closeBracket) depth--
    else if (byte === comma) {
      const count = (members[depth] ?? 0) + 1
      if (count > maxMembers) return 'wide'
      members[depth] = count
    }
  }
  return undefined
}

/** Of its closing quote. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at
}

function broken(code: string, message: string, cause?: unknown): EngineError {
  return new EngineError({ kind: 'corrupt', code, message, cause })
}
