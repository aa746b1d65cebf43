// Counts and hashes what flows through.

import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import type { Digest } from '../base/digest.ts'

export interface Measured {
  readonly through: Transform
  /** Once, when all has passed. */
  result(): { readonly digest: Digest; readonly size: number }
}

export function measured(): Measured {
  const hash = createHash('sha256')
  let size = 0
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  return { through, result: () => ({ digest: `sha256:${hash.digest('hex')}` as Digest, size }) }
}
