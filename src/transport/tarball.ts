// A tar of a file system, compressed or not, as an image of one layer: what `import` reads. It is read once to learn its digests.

import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { type Digest, digestOf } from '../base/digest.ts'
import { asCorrupt, compressionOf, decompress } from '../image/decompress.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { mediaTypes } from '../image/manifest.ts'
import { oneChunk } from './archive-sink.ts'
import type { ImageSource } from './image-source.ts'
import { measured } from './measured.ts'

export interface TarballFacts {
  readonly blob: Descriptor
  readonly diffId: Digest
}

/** @throws corrupt `layer-corrupt`; unsupported `layer-compression` */
export async function describeTarball(path: string, signal: AbortSignal): Promise<TarballFacts> {
  const compression = compressionOf(beginningOf(path))
  const diffHash = createHash('sha256')
  const { through: packed, result } = measured()
  const source = createReadStream(path, { highWaterMark: 1 << 18, signal })
  source.on('error', (error) => packed.destroy(error))
  const plain = decompress(source.pipe(packed), compression)
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) diffHash.update(chunk)
  } catch (error) {
    throw asCorrupt(error)
  }
  const suffix = compression === 'none' ? '' : `+${compression}`
  return {
    blob: { mediaType: `${mediaTypes.ociLayer}${suffix}`, ...result() },
    diffId: `sha256:${diffHash.digest('hex')}` as Digest,
  }
}

/** `config` is the image's whole config document, `path` the file that `blob` describes. */
export function tarballSource(path: string, config: Uint8Array, blob: Descriptor): ImageSource {
  const configDigest = digestOf(config)
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest: configDigest, size: config.length },
      layers: [{ mediaType: blob.mediaType, digest: blob.digest, size: blob.size }],
    }),
  )
  return {
    label: path,
    parallelBlobs: 1,
    readManifest: async () => ({ bytes: manifest, mediaType: mediaTypes.ociManifest }),
    openBlob: (wanted, offset) =>
      wanted.digest === configDigest
        ? oneChunk(config.subarray(offset))
        : createReadStream(path, { start: offset, highWaterMark: 1 << 18 }),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** What tells how it is compressed. */
export function beginningOf(path: string): Uint8Array {
  const fd = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(6)
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0))
  } finally {
    closeSync(fd)
  }
}
