// A stored layer as the uncompressed tar that its diff id names: what docker-archive wants, whatever the blob is packed with.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { digestHex } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import type { LayerRef } from '../image/record.ts'
import { type Layout, paths } from '../state/layout.ts'
import { hasBlob } from './blob-store.ts'

export interface PlainLayer {
  readonly size: number
  open(): AsyncIterable<Uint8Array>
}

/** Reads a compressed layer once to learn its length, checking its diff id. @throws corrupt `blob-missing`, `blob-damaged` */
export async function plainLayer(at: Layout, layer: LayerRef): Promise<PlainLayer> {
  if (!hasBlob(at, layer.blob)) throw missing(layer)
  const path = paths.blob(at, layer.blob)
  const codec = await codecOf(path)
  const open = () => decompress(path, codec)
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

type Codec = 'plain' | 'gzip' | 'zstd'

async function codecOf(path: string): Promise<Codec> {
  await using file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
  if (buffer[0] === 0x1f && buffer[1] === 0x8b) return 'gzip'
  return buffer.toString('hex') === '28b52ffd' ? 'zstd' : 'plain'
}

async function* decompress(path: string, codec: Codec): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path, { highWaterMark: 1 << 18 })
  if (codec === 'plain') return yield* source
  const { createGunzip, createZstdDecompress } = await import('node:zlib')
  const decoder = codec === 'gzip' ? createGunzip({ chunkSize: 1 << 18 }) : createZstdDecompress({ chunkSize: 1 << 18 })
  const { pipeline } = await import('node:stream')
  // The error reaches whoever iterates the decoder.
  yield* pipeline(source, decoder, () => undefined) as unknown as Readable
}

function damaged(layer: LayerRef): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'blob-damaged',
    message: `layer blob ${layer.blob} is damaged: it does not unpack to ${layer.diffId}`,
  })
}
