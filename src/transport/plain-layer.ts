// A stored layer as the uncompressed tar that its diff id names: what docker-archive wants, whatever the blob is packed with.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { digestHex } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import { type Compression, compressionOf, decompress } from '../image/decompress.ts'
import type { LayerRef } from '../image/record.ts'
import { type Layout, paths } from '../state/layout.ts'
import { hasBlob } from './blob-store.ts'

export interface PlainLayer {
  readonly size: number
  open(): AsyncIterable<Uint8Array>
}

/** Its bytes; that they are the layer's shows at their end. @throws corrupt `blob-missing`, `blob-damaged` */
export async function* plainContent(at: Layout, layer: LayerRef): AsyncGenerator<Uint8Array> {
  if (!hasBlob(at, layer.blob)) throw missing(layer)
  const path = paths.blob(at, layer.blob)
  const hash = createHash('sha256')
  for await (const chunk of decompress(createReadStream(path, { highWaterMark: 1 << 18 }), await compressionAt(path))) {
    hash.update(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== digestHex(layer.diffId)) throw damaged(layer)
}

/** Reads a compressed layer once to learn its length, checking its diff id. @throws corrupt `blob-missing`, `blob-damaged` */
export async function plainLayer(at: Layout, layer: LayerRef): Promise<PlainLayer> {
  if (!hasBlob(at, layer.blob)) throw missing(layer)
  const path = paths.blob(at, layer.blob)
  const compression = await compressionAt(path)
  const open = () => decompress(createReadStream(path, { highWaterMark: 1 << 18 }), compression)
  if (layer.blob === layer.diffId) return { size: layer.blobBytes, open }
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of open()) {
    hash.update(chunk)
    size += chunk.length
  }
  if (hash.digest('hex') !== digestHex(layer.diffId)) throw damaged(layer)
  return { size, open }
}

function missing(layer: LayerRef): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'blob-missing',
    message: `layer blob ${layer.blob} is not in the store`,
    hint: 'It was dropped with: image prune --blobs. Pull the image again to save it.',
  })
}

async function compressionAt(path: string): Promise<Compression> {
  await using file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(6), 0, 6, 0)
  return compressionOf(buffer)
}

function damaged(layer: LayerRef): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'blob-damaged',
    message: `layer blob ${layer.blob} is damaged: it does not unpack to ${layer.diffId}`,
  })
}
