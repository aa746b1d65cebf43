// Layers come plain, gzipped or as zstd; what counts is how they begin, not what their media type claims.

import { pipeline, type Readable } from 'node:stream'
import { createGunzip, createZstdDecompress, constants as zlib } from 'node:zlib'
import { EngineError, invalid } from '../base/errors.ts'
import { splitZstdFrames } from './zstd-frames.ts'

export type Compression = 'gzip' | 'zstd' | 'xz' | 'bzip2' | 'none'

/** Large enough that crossing from zlib's thread costs nothing, small enough for several layers at once. */
const chunkBytes = 256 * 1024
/** How far zlib's thread may be ahead of the one that unpacks, which stops at a file's end and not at a chunk's. */
const aheadBytes = 2 << 20
const buffers = { chunkSize: chunkBytes, readableHighWaterMark: aheadBytes }

const magics: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['bzip2', [0x42, 0x5a, 0x68]],
]

export function compressionOf(beginning: Uint8Array): Compression {
  if (isSkippableFrame(beginning)) return 'zstd'
  return magics.find(([, magic]) => magic.every((byte, index) => beginning[index] === byte))?.[0] ?? 'none'
}

/**
 * The uncompressed stream; several gzip members or zstd frames after each other are one. Damage surfaces as an error of
 * that stream: see `asCorrupt`.
 * @throws unsupported `layer-compression` for what only other programs can read
 */
export function decompress(source: Readable, compression: Compression): Readable {
  switch (compression) {
    case 'none':
      return source
    case 'gzip':
      return through(source, [createGunzip(buffers)])
    case 'zstd':
      return through(source, [
        splitZstdFrames(),
        createZstdDecompress({ ...buffers, params: { [zlib.ZSTD_d_windowLogMax]: 27 } }),
      ])
    case 'xz':
    case 'bzip2':
      throw new EngineError({
        kind: 'unsupported',
        code: 'layer-compression',
        message: `the layer is compressed with ${compression}, which is not among the formats of images (gzip, zstd)`,
      })
  }
}

/** zlib's own errors as one line; anything else unchanged. */
export function asCorrupt(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  if (error.code === 'Z_BUF_ERROR')
    return invalid('layer-truncated', 'the layer ends in the middle of its compressed data')
  if (!/^(Z_|ZSTD_)/.test(error.code)) return error
  return new EngineError({
    kind: 'corrupt',
    code: 'layer-corrupt',
    message: `the layer's compressed data is damaged (${error.message})`,
    cause: error,
  })
}

function through(source: Readable, steps: NodeJS.ReadWriteStream[]): Readable {
  // The error reaches whoever reads the output.
  return pipeline([source, ...steps], () => {}) as unknown as Readable
}

function isSkippableFrame(beginning: Uint8Array): boolean {
  const [first = 0, ...rest] = beginning.subarray(0, 4)
  return (first & 0xf0) === 0x50 && rest.length === 3 && [0x2a, 0x4d, 0x18].every((byte, index) => rest[index] === byte)
}
