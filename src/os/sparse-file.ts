// Files with holes: what is not on the disk is neither read nor written.

import { writeSync } from 'node:fs'
import { errnoOf } from '../base/errors.ts'
import { native } from './native.ts'

/** Shared by all who pass holes on; nobody writes into it. */
export const zeros: Uint8Array = Buffer.alloc(1 << 20)

export interface DataRange {
  readonly start: number
  readonly end: number
}

const seekData = 3
const seekHole = 4

/** Where below `size` the file holds data, ascending. All of it where the file system cannot tell. */
export function* dataRanges(fd: number, size: number): Generator<DataRange> {
  let position = 0
  while (position < size) {
    const start = seek(fd, position, seekData)
    if (start === 'unknown') return yield { start: position, end: size }
    if (start === -1 || start >= size) return
    const hole = seek(fd, start, seekHole)
    const end = typeof hole === 'number' && hole > start ? Math.min(hole, size) : size
    yield { start, end }
    position = end
  }
}

/** Into a file that is new there. False where it left a hole, for zeros: the length of the file is the caller's to set then. */
export function writeSparsely(fd: number, chunk: Uint8Array, position: number): boolean {
  if (areZeros(chunk)) return false
  let done = 0
  while (done < chunk.length) done += writeSync(fd, chunk, done, chunk.length - done, position + done)
  return true
}

function areZeros(chunk: Uint8Array): boolean {
  if (chunk[0] !== 0 || chunk.length > zeros.length) return false
  return chunk.buffer === zeros.buffer || Buffer.compare(chunk, zeros.subarray(0, chunk.length)) === 0
}

function seek(fd: number, offset: number, whence: number): number | 'unknown' {
  try {
    return native().lseek(fd, offset, whence)
  } catch (error) {
    if (errnoOf(error) === 'EINVAL' || errnoOf(error) === 'ESPIPE') return 'unknown'
    throw error
  }
}
