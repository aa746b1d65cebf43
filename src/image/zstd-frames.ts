// Node's zstd decoder takes what follows a frame in the same write for garbage, and ends there without a word. Layers may consist of many frames
// (zstd:chunked, pzstd): they are handed to it one by one. RFC 8878, section 3.1.

import { Transform } from 'node:stream'

/** The same bytes in pieces that end where a frame does, without the frames that decoders skip. What is no zstd goes on as it is. */
export function splitZstdFrames(): Transform {
  const position: Position = { held: Buffer.alloc(0), part: magic, passing: 0, isDropped: false, isFrameOver: false }
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (const piece of pieces(position, chunk)) this.push(piece)
      done()
    },
    flush(done) {
      this.push(position.held)
      done()
    },
  })
}

/** A part of a frame that says what follows it. */
interface Part {
  readonly bytes: number
  read(bytes: Buffer): Following
}

interface Following {
  /** So many bytes are not looked at. */
  readonly passing: number
  /** Neither are the part's own bytes handed on. */
  readonly isDropped?: boolean
  readonly isFrameOver?: boolean
  readonly part: Part
}

interface Position extends Required<Following> {
  passing: number
  isDropped: boolean
  isFrameOver: boolean
  part: Part
  /** The beginning of the part. */
  held: Buffer
}

const magic: Part = {
  bytes: 4,
  read(bytes) {
    const number = bytes.readUInt32LE()
    if (number === 0xfd2f_b528) return { passing: 0, part: descriptor }
    const isSkippable = number >>> 4 === 0x184_d2a5
    return isSkippable
      ? { passing: 0, isDropped: true, part: skippableSize }
      : { passing: Number.POSITIVE_INFINITY, part: magic }
  },
}

const skippableSize: Part = {
  bytes: 4,
  read: (bytes) => ({ passing: bytes.readUInt32LE(), isDropped: true, isFrameOver: true, part: magic }),
}

const descriptor: Part = {
  bytes: 1,
  read(bytes) {
    const flags = bytes.readUInt8()
    const isSingleSegment = (flags & 0x20) !== 0
    const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >>> 6] ?? 0
    const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0
    const checksumBytes = (flags & 4) === 0 ? 0 : 4
    const passing = (isSingleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes
    return { passing, part: block(checksumBytes) }
  },
}

function block(checksumBytes: number): Part {
  const part: Part = {
    bytes: 3,
    read(bytes) {
      const header = bytes.readUIntLE(0, 3)
      const isLast = (header & 1) === 1
      const isRepeatedByte = ((header >>> 1) & 3) === 1
      const content = isRepeatedByte ? 1 : header >>> 3
      return isLast ? { passing: content + checksumBytes, isFrameOver: true, part: magic } : { passing: content, part }
    },
  }
  return part
}

function* pieces(position: Position, chunk: Buffer): Generator<Buffer> {
  const all = position.held.length === 0 ? chunk : Buffer.concat([position.held, chunk])
  let begin = 0
  let at = 0
  for (;;) {
    const passed = Math.min(position.passing, all.length - at)
    at += passed
    position.passing -= passed
    if (position.isDropped) begin = at
    if (position.passing > 0) break
    if (position.isFrameOver && at > begin) yield all.subarray(begin, at)
    if (position.isFrameOver) begin = at
    const { part } = position
    if (all.length - at < part.bytes) break
    const following = part.read(all.subarray(at, at + part.bytes))
    at += part.bytes
    Object.assign(position, { isDropped: false, isFrameOver: false }, following)
    if (position.isDropped) begin = at
  }
  position.held = Buffer.from(all.subarray(at))
  if (at > begin) yield all.subarray(begin, at)
}
