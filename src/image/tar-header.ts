// The 512-byte tar header block: v7, ustar, star and GNU. Numbers that do not parse, are negative where that has no meaning,
// or do not fit a double are refused, never clamped.

import { invalid } from '../base/errors.ts'

export const blockBytes = 512

/** A header as the block itself says it, before pax records and GNU long names are applied. */
export interface RawHeader {
  readonly typeflag: string
  readonly name: string
  readonly linkName: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtimeSeconds: number
  readonly major: number
  readonly minor: number
}

/** @throws invalid `tar-header-malformed` */
export function decodeHeader(block: Buffer): RawHeader {
  checkChecksum(block)
  const typeflag = block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0)
  const isDevice = typeflag === '3' || typeflag === '4'
  return {
    typeflag,
    name: joinPrefix(block),
    linkName: fieldText(block, 157, 100),
    mode: decodeNumber(block, 100, 8),
    uid: decodeNumber(block, 108, 8),
    gid: decodeNumber(block, 116, 8),
    size: decodeNumber(block, 124, 12),
    mtimeSeconds: decodeNumber(block, 136, 12),
    major: isDevice ? decodeNumber(block, 329, 8) : 0,
    minor: isDevice ? decodeNumber(block, 337, 8) : 0,
  }
}

export function isZeroBlock(block: Buffer): boolean {
  for (let index = 0; index < blockBytes; index += 4) if (block.readInt32LE(index) !== 0) return false
  return true
}

/** Octal text or GNU base-256. @throws invalid `tar-header-malformed` */
export function decodeNumber(block: Buffer, offset: number, length: number): number {
  if (((block[offset] ?? 0) & 0x80) !== 0) return decodeBase256(block.subarray(offset, offset + length))
  const text = block.toString('latin1', offset, offset + length).replace(/^[ \0]+|[ \0][^]*$/g, '')
  if (text === '') return 0
  if (!/^[0-7]+$/.test(text)) throw malformed('a number in a header is not octal')
  return safe(Number.parseInt(text, 8))
}

/** Bytes up to the first NUL, as a byte string. */
function fieldText(block: Buffer, offset: number, length: number): string {
  const end = block.indexOf(0, offset)
  return block.toString('latin1', offset, end === -1 ? offset + length : Math.min(end, offset + length))
}

export function malformed(what: string): Error {
  return invalid('tar-header-malformed', `the layer is not a sound tar archive: ${what}`)
}

function decodeBase256(field: Buffer): number {
  // The top bit only marks the encoding; the other 7 begin a two's complement number.
  let value = BigInt.asIntN(7, BigInt(field[0] ?? 0))
  for (const byte of field.subarray(1)) value = (value << 8n) | BigInt(byte)
  return safe(Number(value))
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw malformed('a number in a header is too large')
  return value
}

function joinPrefix(block: Buffer): string {
  const name = fieldText(block, 0, 100)
  // GNU's magic is "ustar  ": it keeps other things where ustar has the prefix. star's own trailer shortens the prefix.
  if (block.toString('latin1', 257, 263) !== 'ustar\0') return name
  const isStar = block.toString('latin1', 508, 512) === 'tar\0'
  const prefix = fieldText(block, 345, isStar ? 131 : 155)
  return prefix === '' ? name : `${prefix}/${name}`
}

function checkChecksum(block: Buffer): void {
  let unsigned = 8 * 32
  let signed = 8 * 32
  for (let index = 0; index < blockBytes; index++) {
    if (index >= 148 && index < 156) continue
    const byte = block[index] ?? 0
    unsigned += byte
    // Old Sun and HP tars summed signed chars.
    signed += byte > 127 ? byte - 256 : byte
  }
  const stated = decodeNumber(block, 148, 8)
  if (stated !== unsigned && stated !== signed) throw malformed('a header has a wrong checksum')
}
