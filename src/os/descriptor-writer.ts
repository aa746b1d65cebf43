// A stream into an open file that stays open: Node's own closes its descriptor when it is destroyed, whatever autoClose says.

import { write } from 'node:fs'
import { Writable } from 'node:stream'

/** Writes from where the descriptor stands. */
export function descriptorWriter(fd: number): Writable {
  return new Writable({
    highWaterMark: 1 << 20,
    write: (chunk: Buffer, _encoding, done) => writeAll(fd, chunk, done),
  })
}

function writeAll(fd: number, bytes: Uint8Array, done: (error?: Error | null) => void): void {
  write(fd, bytes, 0, bytes.length, null, (error, written) => {
    if (error !== null || written === bytes.length) return done(error)
    // Short only where the disk is full, or nearly: then once more, for the reason.
    writeAll(fd, bytes.subarray(written), done)
  })
}
