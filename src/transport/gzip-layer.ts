// A layer's bytes gzipped anew, for formats that know nothing else: `save --compress`, and zstd layers in Docker's formats.

import { closeSync, createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Digest } from '../base/digest.ts'
import type { LayerRef } from '../image/record.ts'
import type { Layout } from '../state/layout.ts'
import { measured } from './measured.ts'
import { plainLayer } from './plain-layer.ts'
import { spool } from './spool.ts'

export interface GzippedLayer extends Disposable {
  readonly digest: Digest
  readonly size: number
  open(): AsyncIterable<Uint8Array>
}

/** Kept in a file without a name until disposed. @throws corrupt `blob-missing`, `blob-damaged` */
export async function gzippedLayer(at: Layout, layer: LayerRef, signal: AbortSignal): Promise<GzippedLayer> {
  const plain = await plainLayer(at, layer)
  const { through, result } = measured()
  const fd = await spool(at, [Readable.from(plain.open()), createGzip(), through], signal)
  return {
    ...result(),
    open: () => createReadStream('', { fd, start: 0, autoClose: false, highWaterMark: 1 << 18 }),
    [Symbol.dispose]: () => closeSync(fd),
  }
}
