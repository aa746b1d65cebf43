// Writes zstd:chunked (zstd-chunked.ts): a tar goes in, comes out as frames of headers and frames of content, and then what lists them.

import { createHash, type Hash } from 'node:crypto'
import { Transform } from 'node:stream'
import { promisify } from 'node:util'
import { constants as zlib, zstdCompress } from 'node:zlib'
import { type ChunkCutter, chunkCutter, maxChunkBytes, minChunkBytes } from './content-chunks.ts'
import { type ContentsDraft, draftOf } from './contents-draft.ts'
import { type Crc64, crc64 } from './crc64.ts'
import type { TarEntry } from './tar-entry.ts'
import { createTarSplitter } from './tar-splitter.ts'
import { chunkedAnnotations } from './zstd-chunked.ts'

export interface ChunkedPacker {
  readonly through: Transform
  /** Once, when all has passed. None where the tar has what a table of contents cannot say: then it is an ordinary zstd stream. */
  annotations(): Readonly<Record<string, string>> | undefined
}

/** What comes out does not depend on how the tar arrives. */
export function chunkedPacker(level: number | undefined): ChunkedPacker {
  const output = frameQueue(level)
  const contents = contentsWriter(output.add)
  const splitter = createTarSplitter(contents)
  let found: Readonly<Record<string, string>> | undefined
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      run(done, async () => {
        splitter.write(chunk)
        await output.drain(through, mostUnderWay)
      })
    },
    flush(done) {
      run(done, async () => {
        splitter.end()
        const end = await contents.finish(await output.drain(through, 0), output.pack)
        if (end !== undefined) through.push(end.bytes)
        found = end?.annotations
      })
    },
  })
  return { through, annotations: () => found }
}

function run(done: (error?: Error) => void, work: () => Promise<void>): void {
  work().then(
    () => done(),
    (error: Error) => done(error),
  )
}

type Pack = (content: Uint8Array) => Promise<Buffer>
/** `placed` is told where the frame has come to lie. */
type AddFrame = (content: Buffer, placed?: (start: number, end: number) => void) => void

const mostUnderWay = 16
const compress = promisify(zstdCompress)

/** Frames are compressed side by side and come out in order. */
function frameQueue(level: number | undefined) {
  const params = level === undefined ? {} : { params: { [zlib.ZSTD_c_compressionLevel]: level } }
  // Most frames are small; Node's own buffer for each would have 64 KiB.
  const pack: Pack = async (content) =>
    compress(content, { ...params, chunkSize: Math.min(content.length + 64, 1 << 18) })
  const waiting: { packed: Promise<Buffer>; placed: ((start: number, end: number) => void) | undefined }[] = []
  let written = 0
  const add: AddFrame = (content, placed) => {
    const packed = pack(content)
    // Whoever awaits it later gets the error.
    packed.catch(() => undefined)
    waiting.push({ packed, placed })
  }
  return {
    pack,
    add,
    /** Until no more than `rest` are under way. Answers how many bytes have come out in all. */
    async drain(to: Transform, rest: number): Promise<number> {
      while (waiting.length > rest) {
        const [first] = waiting.splice(0, 1)
        const frame = await first?.packed
        if (frame === undefined) break
        to.push(frame)
        first?.placed?.(written, written + frame.length)
        written += frame.length
      }
      return written
    },
  }
}

/** The file whose content is passing. */
interface OpenFile {
  readonly draft: ContentsDraft
  readonly size: number
  readonly whole: Hash
  readonly sum: Crc64
  readonly pieces: ContentsDraft[]
  /** Of the next piece, from its beginning; `length` bytes are filled. */
  readonly content: Buffer
  length: number
  arrived: number
}

/** Of tar-split: bytes of the tar in base64 (2), or a file, with a checksum of its content (1). */
interface SplitRecord {
  readonly type: 1 | 2
  readonly name?: string
  readonly size?: number
  payload: string | null
}

interface Contents {
  readonly addFrame: AddFrame
  readonly entries: ContentsDraft[]
  readonly records: SplitRecord[]
  readonly cutter: ChunkCutter
  headers: Buffer[]
  file: OpenFile | undefined
  /** Whether a table of contents can say all that the tar has. */
  isTellable: boolean
}

/** Millions of members would fill the memory, here and at whoever reads. */
const mostEntries = 500_000

function contentsWriter(addFrame: AddFrame) {
  const state: Contents = {
    addFrame,
    entries: [],
    records: [],
    cutter: chunkCutter(),
    headers: [],
    file: undefined,
    isTellable: true,
  }
  return {
    entry: (entry: TarEntry, raw: Buffer) => beginEntry(state, entry, raw),
    data: (part: Buffer, position: number) => addData(state, part, position),
    endEntry: () => endFile(state),
    rest: (raw: Buffer) => {
      if (raw.length === 0) return
      addRaw(state, raw)
      addHeaders(state)
    },
    finish: async (offset: number, pack: Pack) =>
      state.isTellable ? contentsFrames(state, offset, pack) : Promise.resolve(undefined),
  }
}

function addRaw(state: Contents, raw: Buffer): void {
  state.headers.push(raw)
  if (state.isTellable) state.records.push({ type: 2, payload: raw.toString('base64') })
}

function addHeaders(state: Contents): void {
  if (state.headers.length > 0) state.addFrame(Buffer.concat(state.headers))
  state.headers = []
}

function beginEntry(state: Contents, entry: TarEntry, raw: Buffer): void {
  addRaw(state, raw)
  const draft = draftOf(entry, raw)
  state.isTellable &&= draft !== undefined && state.entries.length < mostEntries
  const size = entry.type === 'file' ? entry.size : 0
  if (draft !== undefined && state.isTellable) {
    state.entries.push(draft)
    state.records.push({ type: 1, name: draft.name, ...(size === 0 ? {} : { size }), payload: null })
  }
  if (size === 0) return
  addHeaders(state)
  state.file = {
    draft: draft ?? { type: 'reg', name: '' },
    size,
    whole: createHash('sha256'),
    sum: crc64(),
    pieces: [],
    content: Buffer.allocUnsafe(Math.min(size, maxChunkBytes)),
    length: 0,
    arrived: 0,
  }
}

function addData(state: Contents, part: Buffer, position: number): void {
  const { file, cutter } = state
  if (file === undefined) return
  // Of a sparse file the holes are left out.
  state.isTellable &&= position === file.arrived
  file.arrived += part.length
  for (let at = 0; at < part.length; ) {
    const taken = part.copy(file.content, file.length, at)
    at += taken
    file.length += taken
    const length = isCut(file) ? cutter.cut(file.content.subarray(0, file.length)) : undefined
    if (length !== undefined) addPiece(state, file, length)
  }
}

function isCut({ size }: OpenFile): boolean {
  return size >= 2 * minChunkBytes
}

function addPiece(state: Contents, file: OpenFile, length: number): void {
  const content = Buffer.from(file.content.subarray(0, length))
  file.content.copyWithin(0, length, file.length)
  file.length -= length
  file.whole.update(content)
  file.sum.update(content)
  const piece = file.pieces.length === 0 ? file.draft : { type: 'chunk' as const, name: file.draft.name }
  if (isCut(file)) {
    const before = file.pieces.at(-1)
    const offset = (before?.chunkOffset ?? 0) + (before?.chunkSize ?? 0)
    if (offset > 0) piece.chunkOffset = offset
    piece.chunkSize = length
    piece.chunkDigest = sha256(content)
  }
  if (file.pieces.length > 0 && state.isTellable) state.entries.push(piece)
  file.pieces.push(piece)
  state.addFrame(content, (start, end) => {
    piece.offset = start
    file.draft.endOffset = end
  })
}

function endFile(state: Contents): void {
  const { file } = state
  if (file === undefined) return
  if (file.length > 0) addPiece(state, file, file.length)
  state.file = undefined
  state.isTellable &&= file.arrived === file.size
  if (!state.isTellable) return
  file.draft.digest = `sha256:${file.whole.digest('hex')}`
  if (file.pieces.length === 1) {
    delete file.draft.chunkSize
    delete file.draft.chunkDigest
  }
  ;(state.records.at(-1) as SplitRecord).payload = file.sum.digest().toString('base64')
}

/** What ends the layer, and the annotations that say where it is. @param offset of what comes next */
async function contentsFrames(state: Contents, offset: number, pack: Pack) {
  const lines = state.records.map((record, position) => `${JSON.stringify({ ...record, position })}\n`).join('')
  const split = { packed: await pack(Buffer.from(lines)), unpackedLength: Buffer.byteLength(lines) }
  const text = JSON.stringify({ version: 1, entries: state.entries, tarSplitDigest: sha256(split.packed) })
  const table = { packed: await pack(Buffer.from(text)), unpackedLength: Buffer.byteLength(text) }
  const tableAt = offset + skippableHeaderBytes
  const splitAt = tableAt + table.packed.length + skippableHeaderBytes
  const places = [
    tableAt,
    table.packed.length,
    table.unpackedLength,
    1,
    splitAt,
    split.packed.length,
    split.unpackedLength,
  ]
  const footer = Buffer.alloc(64, 'GNUlInUx', 'latin1')
  for (const [at, number] of places.entries()) footer.writeBigUInt64LE(BigInt(number), at * 8)
  return {
    bytes: Buffer.concat([table.packed, split.packed, footer].map(skippableFrame)),
    annotations: {
      [chunkedAnnotations.checksum]: sha256(table.packed),
      [chunkedAnnotations.position]: places.slice(0, 4).join(':'),
      [chunkedAnnotations.tarSplit]: places.slice(4).join(':'),
    },
  }
}

const skippableHeaderBytes = 8

/** RFC 8878, section 3.1.2. */
function skippableFrame(content: Buffer): Buffer {
  const header = Buffer.alloc(skippableHeaderBytes)
  header.writeUInt32LE(0x184d_2a50, 0)
  header.writeUInt32LE(content.length, 4)
  return Buffer.concat([header, content])
}

function sha256(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
