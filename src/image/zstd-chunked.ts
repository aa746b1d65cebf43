// zstd:chunked, as containers/storage has it: a layer whose files are zstd frames of their own, and which ends with frames that decoders skip: a table
// of contents, the tar's headers (in tar-split's form), a footer. A descriptor's annotations say where they are.

import { createHash } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'
import { logDebug } from '../base/log.ts'
import { isObject, parseBoundedJson } from './bounded-json.ts'
import type { Descriptor } from './descriptor.ts'

const prefix = 'io.github.containers.zstd-chunked'
export const chunkedAnnotations = {
  /** Digest of the table as it is packed. */
  checksum: `${prefix}.manifest-checksum`,
  /** `offset:length:lengthUnpacked:1` */
  position: `${prefix}.manifest-position`,
  /** `offset:length:lengthUnpacked` */
  tarSplit: `${prefix}.tarsplit-position`,
}

/** One member, or (`type` chunk) one more piece of the file before. What is zero or empty is left out. */
export interface ContentsEntry {
  readonly type: 'reg' | 'hardlink' | 'symlink' | 'char' | 'block' | 'dir' | 'fifo' | 'chunk'
  readonly name: string
  readonly linkName?: string
  readonly mode?: number
  readonly size?: number
  readonly uid?: number
  readonly gid?: number
  /** RFC 3339. */
  readonly modtime?: string
  readonly devMajor?: number
  readonly devMinor?: number
  /** Values in base64. */
  readonly xattrs?: Readonly<Record<string, string>>
  /** Of the whole file. */
  readonly digest?: string
  /** Where its first frame begins, and its last one ends. */
  readonly offset?: number
  readonly endOffset?: number
  /** Of a file in several pieces. */
  readonly chunkOffset?: number
  readonly chunkSize?: number
  readonly chunkDigest?: string
}

export interface ContentsPlace {
  readonly offset: number
  readonly length: number
  readonly unpackedLength: number
  readonly checksum: string
}

const limits = { packedBytes: 64 << 20, unpackedBytes: 128 << 20 }

/** Where a layer's table of contents is; undefined if it has none, or none that can be believed. */
export function contentsPlace({ annotations = {}, size }: Descriptor): ContentsPlace | undefined {
  const checksum = annotations[chunkedAnnotations.checksum]
  const match = /^(\d{1,15}):(\d{1,15}):(\d{1,15}):1$/.exec(annotations[chunkedAnnotations.position] ?? '')
  if (match === null || checksum === undefined) return undefined
  const [offset = 0, length = 0, unpackedLength = 0] = match.slice(1).map(Number)
  const isSound = offset + length <= size && length <= limits.packedBytes && unpackedLength <= limits.unpackedBytes
  return isSound ? { offset, length, unpackedLength, checksum } : undefined
}

/** Undefined for what is no table of contents: whoever wants the layer fetches the whole then. */
export function readContents(packed: Uint8Array, place: ContentsPlace): ContentsEntry[] | undefined {
  if (`sha256:${createHash('sha256').update(packed).digest('hex')}` !== place.checksum) return undefined
  try {
    const bytes = zstdDecompressSync(packed, { maxOutputLength: place.unpackedLength })
    const { entries } = parseBoundedJson(bytes, { what: 'table of contents', maxBytes: limits.unpackedBytes })
    return Array.isArray(entries) && entries.every(isEntry) ? entries : undefined
  } catch (error) {
    logDebug('the table of contents cannot be read', { reason: String(error) })
    return undefined
  }
}

function isEntry(value: unknown): value is ContentsEntry {
  if (!isObject(value)) return false
  const { offset = 0, endOffset = 0 } = value
  return Number.isSafeInteger(offset) && Number.isSafeInteger(endOffset)
}

/** A run of the layer's packed bytes, and what they stand for: two layers in which it is the same have, most likely, the same bytes there. */
export interface LayerPart {
  readonly start: number
  readonly end: number
  readonly meaning: string
}

/** The parts of the layer before its table of contents, in order, without gaps; undefined for a table that contradicts itself. */
export function layerParts(entries: readonly ContentsEntry[], contentsOffset: number): LayerPart[] | undefined {
  const parts: LayerPart[] = []
  let headers = createHash('sha256')
  let at = 0
  const addHeaders = (end: number) => {
    if (end > at) parts.push({ start: at, end, meaning: `headers ${headers.digest('hex')}` })
    headers = createHash('sha256')
    at = Math.max(at, end)
  }
  for (const [index, entry] of entries.entries()) {
    const { offset = 0, endOffset, ...told } = entry
    headers.update(JSON.stringify(told))
    if (offset === 0) continue
    const end = pieceEnd(entries, index)
    if (offset < at || end <= offset || end > contentsOffset) return undefined
    addHeaders(offset)
    parts.push({ start: offset, end, meaning: `content ${entry.chunkDigest ?? entry.digest ?? ''}` })
    at = end
    // The padding that comes next depends on it, and of a piece nothing comes between it and the next.
    headers.update(JSON.stringify(told))
  }
  addHeaders(contentsOffset)
  return parts
}

/** A piece ends where the next of the same file begins. */
function pieceEnd(entries: readonly ContentsEntry[], index: number): number {
  const next = entries[index + 1]
  if (next?.type === 'chunk') return next.offset ?? 0
  let file = index
  while (file > 0 && entries[file]?.type === 'chunk') file--
  return entries[file]?.endOffset ?? 0
}
