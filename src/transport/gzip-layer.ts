// A layer's bytes gzipped anew, for formats that know nothing else: `save --compress`, and zstd layers in Docker's formats.

import { createHash } from 'node:crypto'
import { closeSync, createReadStream, createWriteStream, openSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Digest } from '../base/digest.ts'
import { newId } from '../base/ids.ts'
import type { LayerRef } from '../image/record.ts'
import { removeFile } from '../os/atomic-file.ts'
import { type Layout, paths } from '../state/layout.ts'
import { plainLayer } from './plain-layer.ts'

export interface GzippedLayer extends Disposable {
  readonly digest: Digest
  readonly size: number
  open(): AsyncIterable<Uint8Array>
}

/** Kept in a file without a name until disposed. @throws corrupt `blob-missing`, `blob-damaged` */
export async function gzippedLayer(at: Layout, layer: LayerRef): Promise<GzippedLayer> {
  const plain = await plainLayer(at, layer)
  const path = paths.stagedFile(at, newId())
  const fd = openSync(path, 'wx+', 0o600)
  removeFile(path)
  const hash = createHash('sha256')
  let size = 0
  try {
    await pipeline(
      Readable.from(plain.open()),
      createGzip(),
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          hash.update(chunk)
          size += chunk.length
          yield chunk
        }
      },
      createWriteStream('', { fd, start: 0, autoClose: false }),
    )
  } catch (error) {
    closeSync(fd)
    throw error
  }
  return {
    digest: `sha256:${hash.digest('hex')}` as Digest,
    size,
    open: () => createReadStream('', { fd, start: 0, autoClose: false, highWaterMark: 1 << 18 }),
    [Symbol.dispose]: () => closeSync(fd),
  }
}
