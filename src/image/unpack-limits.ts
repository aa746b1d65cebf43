// What a layer may cost. Layers come from strangers: everything that they can make grow has a bound.

import { EngineError } from '../base/errors.ts'

export interface UnpackLimits {
  /** Uncompressed bytes of the archive: what a decompression bomb inflates to. */
  readonly totalBytes: number
  readonly entries: number
  /** Of one member's path, so that it can still be reached from the state directory (PATH_MAX is 4096). */
  readonly pathBytes: number
  readonly depth: number
  /** Of one file, holes included. */
  readonly fileBytes: number
}

export const defaultLimits: UnpackLimits = {
  totalBytes: 128 * 2 ** 30,
  entries: 4_000_000,
  pathBytes: 3500,
  depth: 512,
  fileBytes: 16 * 2 ** 40,
}

export function overLimit(what: string): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'layer-too-large',
    message: `the layer ${what}`,
    hint: 'If you trust its origin, raise the limit: GANTRY_UNPACK_LIMITS=total=N,file=N,entries=N,path=N,depth=N',
  })
}
