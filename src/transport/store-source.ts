// An image of our store as an ImageSource: its manifest and its compressed blobs, byte for byte as they came.

import { createReadStream } from 'node:fs'
import { EngineError } from '../base/errors.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { manifestLimits } from '../image/manifest.ts'
import type { ImageRecord } from '../image/record.ts'
import { readSignature, signatureLimits } from '../signature/image-signature.ts'
import { type Layout, paths } from '../state/layout.ts'
import { hasBlob, readSmallBlob, readTrustedBlob } from './blob-store.ts'
import type { ImageSource } from './image-source.ts'

/** How many blobs of the store may be read at once. */
export const parallelInStore = 6

/** The content must be pinned while it is read. Blobs may be missing until they are asked for. */
export function storeSource(
  at: Layout,
  record: Pick<ImageRecord, 'manifestDigest' | 'manifestType' | 'signatures'>,
  label: string,
): ImageSource {
  return {
    label,
    parallelBlobs: parallelInStore,
    readManifest: async (digest) =>
      digest === undefined
        ? { bytes: readSmallBlob(at, record.manifestDigest, manifestLimits.maxBytes), mediaType: record.manifestType }
        : { bytes: readSmallBlob(at, digest, manifestLimits.maxBytes) },
    knownManifest: () => ({
      bytes: readTrustedBlob(at, record.manifestDigest, manifestLimits.maxBytes),
      mediaType: record.manifestType,
      digest: record.manifestDigest,
    }),
    ...storedBlobs(at),
    readSignatures: async (digest) =>
      (digest === record.manifestDigest ? (record.signatures ?? []) : []).map((blob) =>
        readSignature(readSmallBlob(at, blob, signatureLimits.maxBytes), blob),
      ),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** What a blob's digest names, to be sent. They must be pinned while they are read, and may be missing until they are asked for. */
export function storedBlobs(at: Layout): Pick<ImageSource, 'openBlob'> {
  return {
    openBlob: (blob, offset) => {
      if (!hasBlob(at, blob.digest)) throw missing(blob)
      return createReadStream(paths.blob(at, blob.digest), { start: offset, highWaterMark: 1 << 18 })
    },
  }
}

function missing({ digest }: Descriptor): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'blob-missing',
    message: `blob ${digest} is not in the store`,
    hint: 'It was dropped with: image prune --blobs. Pull the image again.',
  })
}
