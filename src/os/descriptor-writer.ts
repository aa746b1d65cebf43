// A stream into an open file that stays open: Node's own closes its descriptor when it is destroyed, whatever autoClose says.

import { write } from 'node:fs'
import { Writable } from 'node:stream'
import { native } from './native.ts'

/** Writes from where the descriptor stands. */
export function descriptorWriter(fd: number): Writable {
  return new Writable({
    highWaterMark: 1 << 20,
    write: (chunk: Buffer, _encoding, done) => writeAll(fd, chunk, done),
  })
}

const writeBackBytes = 32 * 1024 * 1024

/** The same, for what is synced afterwards: the disk begins while more is on its way, so that the wait in the end is short. */
export function lastingWriter(fd: number): Writable {
  let fresh = 0
  // A pipe has nothing to write back. A disk that fails is told of by the sync.
  const writeBack = async () =>
    native()
      .writeBackAsync(fd)
      .catch(() => undefined)
  let writingBack: Promise<void> | undefined
  return new Writable({
    highWaterMark: 1 << 20,
    write: (chunk: Buffer, _encoding, done) => {
      fresh += chunk.length
      if (fresh >= writeBackBytes && writingBack === undefined) {
        fresh = 0
        writingBack = writeBack().finally(() => {
          writingBack = undefined
        })
      }
      writeAll(fd, chunk, done)
    },
    destroy: (error, done) => void (writingBack ?? Promise.resolve()).then(() => done(error)),
  })
}

function writeAll(fd: number, bytes: Uint8Array, done: (error?: Error | null) => void): void {
  write(fd, bytes, 0, bytes.length, null, (error, written) => {
    if (error !== null || written === bytes.length) return done(error)
    // Short only where the disk is full, or nearly: then once more, for the reason.
    writeAll(fd, bytes.subarray(written), done)
  })
}
