// A manifest list of our store as an ImageSource: its document on top, each of its images from where its entry says.

import type { Digest } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import { parseManifest } from '../image/manifest.ts'
import { listBytes, listType, type ManifestListRecord } from '../image/manifest-list.ts'
import { type ImageSource, type ManifestDocument, readEntry } from './image-source.ts'

export interface OpenedList {
  readonly list: ManifestListRecord
  readonly label: string
  /** By what entries call them. They stay the caller's. */
  readonly sources: ReadonlyMap<string, ImageSource>
}

/** A blob can be read once the manifest that names it has been. */
export function listSource({ list, label, sources }: OpenedList): ImageSource {
  const owners = new Map<Digest, ImageSource>()
  const readImage = async (digest: Digest): Promise<ManifestDocument> => {
    const source = sources.get(list.entries.find((entry) => entry.digest === digest)?.source ?? '')
    if (source === undefined) throw new Error(`no source of ${digest}`)
    const document = await readEntry(source, digest)
    for (const blob of blobsOf(document)) owners.set(blob, source)
    return document
  }
  return {
    label,
    parallelBlobs: Math.min(...[...sources.values()].map(({ parallelBlobs }) => parallelBlobs)),
    readManifest: async (digest) =>
      digest === undefined ? { bytes: listBytes(list), mediaType: listType(list) } : readImage(digest),
    openBlob: (blob, offset) => {
      const owner = owners.get(blob.digest)
      if (owner === undefined) throw unknownBlob(blob.digest, label)
      return owner.openBlob(blob, offset)
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function blobsOf({ bytes, mediaType }: ManifestDocument): Digest[] {
  const parsed = parseManifest(bytes, mediaType)
  return parsed.kind === 'index' ? [] : [parsed.config, ...parsed.layers].map(({ digest }) => digest)
}

function unknownBlob(digest: Digest, label: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'blob-unknown',
    message: `no image of '${label}' has blob ${digest}`,
  })
}
