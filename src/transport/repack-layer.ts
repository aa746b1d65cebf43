// A layer's bytes with another compression, kept in a file without a name until disposed. What went in is checked: it had a digest.

import { closeSync } from 'node:fs'
import { Readable } from 'node:stream'
import { createGzip, createZstdCompress, constants as zlib } from 'node:zlib'
import { EngineError } from '../base/errors.ts'
import { asCorrupt, compressionOf, decompress } from '../image/decompress.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { mediaTypes } from '../image/manifest.ts'
import { chunkedPacker } from '../image/pack-chunked.ts'
import type { Layout } from '../state/layout.ts'
import type { PackingCodec } from './choose-packing.ts'
import type { OutgoingBlob } from './image-target.ts'
import { measured } from './measured.ts'
import { readSpooled, spool } from './spool.ts'

export interface PackingWanted {
  readonly codec: PackingCodec | 'plain'
  readonly level: number | undefined
}

export interface RepackedLayer extends OutgoingBlob, Disposable {}

/** @throws corrupt `blob-damaged`, `layer-corrupt`; what `content` throws */
export async function repackLayer(
  on: { at: Layout; signal: AbortSignal },
  from: { blob: Descriptor; content: AsyncIterable<Uint8Array> },
  wanted: PackingWanted,
): Promise<RepackedLayer> {
  const before = measured()
  const after = measured()
  const source = Readable.from(from.content, { objectMode: false }).on('error', (error) =>
    before.through.destroy(error),
  )
  const plain = decompress(source.pipe(before.through), await beginningOf(before.through))
  const { steps, annotations } = packer(wanted)
  const fd = await spool(on.at, [plain, ...steps, after.through], on.signal).catch((error: unknown) => {
    throw asCorrupt(error)
  })
  const { digest, size } = after.result()
  const found = annotations?.()
  if (before.result().digest !== from.blob.digest) {
    closeSync(fd)
    throw damaged(from.blob)
  }
  return {
    mediaType: layerTypes[wanted.codec],
    digest,
    size,
    ...(found === undefined ? {} : { annotations: found }),
    open: (offset) => readSpooled(fd, offset),
    [Symbol.dispose]: () => closeSync(fd),
  }
}

async function beginningOf(stream: Readable): Promise<ReturnType<typeof compressionOf>> {
  for (;;) {
    const chunk = stream.read(6) as Buffer | null
    if (chunk !== null) {
      stream.unshift(chunk)
      return compressionOf(chunk)
    }
    if (stream.readableEnded || stream.errored !== null) return 'none'
    await new Promise<void>((resolve) => {
      for (const event of ['readable', 'end', 'error']) stream.once(event, () => resolve())
    })
  }
}

interface Packer {
  readonly steps: readonly NodeJS.ReadWriteStream[]
  readonly annotations?: () => Readonly<Record<string, string>> | undefined
}

const layerTypes: Readonly<Record<PackingWanted['codec'], string>> = {
  plain: mediaTypes.ociLayer,
  gzip: `${mediaTypes.ociLayer}+gzip`,
  zstd: `${mediaTypes.ociLayer}+zstd`,
  'zstd:chunked': `${mediaTypes.ociLayer}+zstd`,
}

function packer({ codec, level }: PackingWanted): Packer {
  switch (codec) {
    case 'plain':
      return { steps: [] }
    case 'gzip':
      return { steps: [createGzip({ chunkSize: 1 << 18, ...(level === undefined ? {} : { level }) })] }
    case 'zstd': {
      const params = level === undefined ? {} : { params: { [zlib.ZSTD_c_compressionLevel]: level } }
      return { steps: [createZstdCompress({ chunkSize: 1 << 18, ...params })] }
    }
    case 'zstd:chunked': {
      const { through, annotations } = chunkedPacker(level)
      return { steps: [through], annotations }
    }
  }
}

function damaged(blob: Descriptor): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'blob-damaged',
    message: `blob ${blob.digest} is damaged: its content has another digest`,
    hint: 'Pull or load the image again.',
  })
}
