// Standard output as a stream, for what writes archives.

import { Writable } from 'node:stream'
import { print } from './print.ts'

/** Written at once: the program ends when its command has, and nothing may be under way then. */
export function outputStream(): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      print(chunk)
      done()
    },
  })
}
