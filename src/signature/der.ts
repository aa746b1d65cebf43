// DER (X.690) as far as certificates need it: values with one-byte tags and definite lengths.

import { rejected } from './rejected.ts'

export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
}

export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  text: 0x0c,
  sequence: 0x30,
} as const

/** The values that stand in `bytes` one after another. @throws denied `signature-rejected` */
export function readDerValues(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = []
  for (let at = 0; at < bytes.length; ) {
    const { start, end } = readLength(bytes, at + 1)
    values.push({ tag: bytes[at] as number, content: bytes.subarray(start, end) })
    at = end
  }
  return values
}

/** The one value in `bytes`, which has this tag. @throws denied `signature-rejected` */
export function readDer(bytes: Uint8Array, tag: number): Uint8Array {
  const [value, ...rest] = readDerValues(bytes)
  if (value === undefined || value.tag !== tag || rest.length > 0) throw broken()
  return value.content
}

/** `2.5.29.17` */
export function readOid(content: Uint8Array): string {
  const parts: number[] = []
  let part = 0
  for (const byte of content) {
    part = part * 128 + (byte & 0x7f)
    if (!Number.isSafeInteger(part)) throw broken()
    if (byte >= 0x80) continue
    parts.push(part)
    part = 0
  }
  const [first = 0, ...rest] = parts
  const top = Math.min(Math.floor(first / 40), 2)
  return [top, first - 40 * top, ...rest].join('.')
}

function readLength(bytes: Uint8Array, at: number): { start: number; end: number } {
  const first = bytes[at] ?? 0x80
  const count = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || count > 4) throw broken()
  let length = first
  if (count > 0) length = bytes.subarray(at + 1, at + 1 + count).reduce((sum, byte) => sum * 256 + byte, 0)
  const start = at + 1 + count
  const end = start + length
  if (end > bytes.length) throw broken()
  return { start, end }
}

function broken() {
  return rejected('a certificate is not DER that can be read')
}
