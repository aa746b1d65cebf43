// A zstd:chunked layer put together from what the store has of it already, in other such layers, and what is fetched by ranges. That two layers
// have the same bytes where their tables of contents say the same is only likely: the blob's digest, taken as always, says whether it was so.

import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import type { Digest } from '../base/digest.ts'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import { logDebug } from '../base/log.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { manifestLimits, parseManifest } from '../image/manifest.ts'
import type { ImageRecord } from '../image/record.ts'
import { type ContentsPlace, contentsPlace, type LayerPart, layerParts, readContents } from '../image/zstd-chunked.ts'
import { type Layout, paths } from '../state/layout.ts'
import { blobSize, hasBlob, type OpenBlob, readTrustedBlob } from './blob-store.ts'
import { listImages } from './image-records.ts'
import type { ImageSource } from './image-source.ts'

/** Undefined where the whole is to be fetched. @throws what the source throws */
export async function assembleBlob(at: Layout, source: ImageSource, blob: Descriptor): Promise<OpenBlob | undefined> {
  const place = contentsPlace(blob)
  const openRange = source.openRange?.bind(source)
  if (place === undefined || openRange === undefined) return undefined
  const neighbours = chunkedLayers(at)
  if (neighbours.length === 0) return undefined
  const packed = await fetchTable(openRange(blob, place.offset, place.offset + place.length))
  const wanted = partsIn(packed, place)
  if (wanted === undefined) return undefined
  const pieces = mergePieces([...findPieces(wanted, neighbours), fetched(contentsBegin(place), blob.size)])
  if (pieces.every(({ path }) => path === undefined)) return undefined
  return (offset) => readPieces({ blob, openRange }, pieces, offset)
}

type OpenRange = NonNullable<ImageSource['openRange']>

/** Empty where the source sends no parts of blobs. */
async function fetchTable(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  try {
    return Buffer.concat(await Array.fromAsync(content))
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind !== 'corrupt') throw error
    logDebug('the table of contents of a layer cannot be had', { reason: error.message })
    return Buffer.alloc(0)
  }
}

/** Newest images first. Reading the tables of all would take longer than it saves. */
const mostNeighbours = 32

interface Neighbour {
  readonly path: string
  readonly place: ContentsPlace
}

function chunkedLayers(at: Layout): Neighbour[] {
  const found = new Map<Digest, Neighbour>()
  const images = listImages(at).toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
  for (const layer of images.flatMap((image) => layersOf(at, image))) {
    const place = contentsPlace(layer)
    if (found.size === mostNeighbours) break
    if (place !== undefined && blobSize(at, layer.digest) === layer.size) {
      found.set(layer.digest, { path: paths.blob(at, layer.digest), place })
    }
  }
  return [...found.values()]
}

/** With the annotations that the image's record does not keep. */
function layersOf(at: Layout, { layers, manifestDigest }: ImageRecord): readonly Descriptor[] {
  if (!layers.some(({ mediaType }) => mediaType.endsWith('+zstd')) || !hasBlob(at, manifestDigest)) return []
  const manifest = parseManifest(readTrustedBlob(at, manifestDigest, manifestLimits.maxBytes))
  return manifest.kind === 'manifest' ? manifest.layers : []
}

function partsIn(packed: Uint8Array, place: ContentsPlace): LayerPart[] | undefined {
  const entries = readContents(packed, place)
  return entries === undefined ? undefined : layerParts(entries, contentsBegin(place))
}

/** With the header of the frame that holds it. */
function contentsBegin({ offset }: ContentsPlace): number {
  return offset - 8
}

/** Bytes of the blob: at the same distance in a file of ours, or (without `path`) to be fetched. */
interface Piece {
  readonly start: number
  readonly end: number
  readonly path?: string
  /** What to add to a position in the blob. */
  readonly shift?: number
}

function fetched(start: number, end: number): Piece {
  return { start, end }
}

function findPieces(wanted: readonly LayerPart[], neighbours: readonly Neighbour[]): Piece[] {
  const keys = new Set(wanted.map(keyOf))
  const places = new Map<string, { path: string; start: number }>()
  for (const { path, place } of neighbours) {
    for (const part of partsIn(readTable(path, place), place) ?? []) {
      const key = keyOf(part)
      if (keys.has(key) && !places.has(key)) places.set(key, { path, start: part.start })
    }
  }
  return wanted.map((part) => {
    const { start, end } = part
    const found = places.get(keyOf(part))
    return found === undefined ? fetched(start, end) : { start, end, path: found.path, shift: found.start - start }
  })
}

function keyOf({ meaning, start, end }: LayerPart): string {
  return `${meaning} ${end - start}`
}

/** Empty when the file has gone meanwhile. */
function readTable(path: string, { offset, length }: ContentsPlace): Buffer {
  const fd = absentAsUndefined(() => openSync(path, 'r'))
  if (fd === undefined) return Buffer.alloc(0)
  try {
    const table = Buffer.alloc(length)
    return table.subarray(0, readSync(fd, table, 0, length, offset))
  } finally {
    closeSync(fd)
  }
}

/** What is asked for once more costs a round trip: less than this comes along with what surrounds it. */
const leastReusedBytes = 1 << 16

function mergePieces(pieces: readonly Piece[]): Piece[] {
  const runs = joined(pieces, (a, b) => (a.path === undefined) === (b.path === undefined))
  const worthwhile = runs.flatMap((run) => {
    const [first, last] = [run[0] as Piece, run.at(-1) as Piece]
    const isFetched = first.path === undefined || last.end - first.start < leastReusedBytes
    return isFetched ? [fetched(first.start, last.end)] : run
  })
  return joined(worthwhile, (a, b) => a.path === b.path && a.shift === b.shift).map((run) => ({
    ...(run[0] as Piece),
    end: (run.at(-1) as Piece).end,
  }))
}

/** Neighbours that go together, in groups. */
function joined(pieces: readonly Piece[], goTogether: (a: Piece, b: Piece) => boolean): Piece[][] {
  const groups: Piece[][] = []
  for (const piece of pieces) {
    const group = groups.at(-1)
    const before = group?.at(-1)
    if (group !== undefined && before !== undefined && goTogether(before, piece)) group.push(piece)
    else groups.push([piece])
  }
  return groups
}

async function* readPieces(
  { blob, openRange }: { blob: Descriptor; openRange: OpenRange },
  pieces: readonly Piece[],
  offset: number,
): AsyncGenerator<Uint8Array> {
  for (const { start, end, path, shift = 0 } of pieces) {
    const from = Math.max(start, offset)
    if (from >= end) continue
    if (path === undefined) yield* openRange(blob, from, end)
    else yield* readOwn(path, from + shift, end + shift)
  }
}

async function* readOwn(path: string, start: number, end: number): AsyncGenerator<Buffer> {
  const fd = absentAsUndefined(() => openSync(path, 'r'))
  if (fd === undefined) {
    throw new EngineError({ kind: 'corrupt', code: 'blob-missing', message: `'${path}' was removed while it was read` })
  }
  yield* createReadStream(path, { fd, start, end: end - 1, highWaterMark: 1 << 18 })
}
