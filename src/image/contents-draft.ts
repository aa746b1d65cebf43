// A tar's member as a zstd:chunked table of contents tells it. Readers compare the table with the headers and refuse what differs.

import { type TarEntry, type TarType, textOf } from './tar-entry.ts'
import { blockBytes, decodeHeader } from './tar-header.ts'
import type { ContentsEntry } from './zstd-chunked.ts'

export type ContentsDraft = { -readonly [Key in keyof ContentsEntry]: ContentsEntry[Key] }

const typeNames: Readonly<Record<TarType, ContentsEntry['type']>> = {
  file: 'reg',
  'hard-link': 'hardlink',
  symlink: 'symlink',
  'character-device': 'char',
  'block-device': 'block',
  folder: 'dir',
  fifo: 'fifo',
}

/** `raw` are all of the member's headers. Undefined for what other readers of tar see otherwise, or the table has no words for. */
export function draftOf(entry: TarEntry, raw: Buffer): ContentsDraft | undefined {
  const block = raw.subarray(-blockBytes)
  const header = decodeHeader(block)
  const name = textOf(entry.name)
  const linkName = textOf(entry.linkName)
  const modtime = timeText(entry.mtimeNs)
  const isOdd =
    !'0123456'.includes(header.typeflag) || (entry.type !== 'file' && header.size > 0) || isFolderByName(entry, block)
  if (isOdd || hasOtherTimes(raw, block) || name === undefined || linkName === undefined || modtime === undefined) {
    return undefined
  }
  return {
    type: typeNames[entry.type],
    name,
    ...(linkName === '' ? {} : { linkName }),
    ...withoutZeros({ mode: header.mode, size: entry.size, uid: entry.uid, gid: entry.gid }),
    modtime,
    ...withoutZeros({ devMajor: entry.major, devMinor: entry.minor }),
    ...xattrsOf(entry),
  }
}

/** Go takes only those without a type for folders. */
function isFolderByName(entry: TarEntry, block: Buffer): boolean {
  return entry.type === 'folder' && block[156] === 0x30
}

/** Of the last access and change: in pax records, or GNU's header. */
function hasOtherTimes(raw: Buffer, block: Buffer): boolean {
  if (raw.length > blockBytes && / [ac]time=/.test(raw.toString('latin1'))) return true
  return block.toString('latin1', 257, 265) === 'ustar  \0' && (block[345] !== 0 || block[357] !== 0)
}

function timeText(ns: bigint): string | undefined {
  const second = 1_000_000_000n
  const rest = ((ns % second) + second) % second
  const date = new Date(Number((ns - rest) / 1_000_000n))
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 0) return undefined
  const fraction = rest === 0n ? '' : `.${rest.toString().padStart(9, '0').replace(/0+$/, '')}`
  return date.toISOString().replace('.000Z', `${fraction}Z`)
}

function withoutZeros<T extends object>(numbers: T): Partial<T> {
  return Object.fromEntries(Object.entries(numbers).filter(([, number]) => number !== 0)) as Partial<T>
}

function xattrsOf({ xattrs }: TarEntry) {
  const pairs = xattrs.map(({ key, value }) => [key, Buffer.from(value).toString('base64')] as const)
  return pairs.length === 0 ? {} : { xattrs: Object.fromEntries(pairs) }
}
