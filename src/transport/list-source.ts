// A manifest list of our store as an ImageSource: its document on top, each of its images from where its entry says.

import type { Digest } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import { parseAnyManifest } from '../image/manifest.ts'
import { type ListEntry, listBytes, listType, type ManifestListRecord } from '../image/manifest-list.ts'
import type { Layout } from '../state/layout.ts'
import { type ImageSource, type ManifestDocument, readEntry } from './image-source.ts'
import { parallelInStore, storeSource } from './store-source.ts'

export interface OpenedList {
  readonly list: ManifestListRecord
  readonly label: string
  /** By what entries call them. They stay the caller's. */
  readonly sources: ReadonlyMap<string, ImageSource>
}

/** A blob can be read once the manifest that names it has been. The blobs that the list keeps must be pinned. */
export function listSource(at: Layout, { list, label, sources }: OpenedList): ImageSource {
  const owners = new Map<Digest, ImageSource>()
  const readImage = async (digest: Digest): Promise<ManifestDocument> => {
    const entry = list.entries.find((one) => one.digest === digest)
    const source = entry === undefined ? undefined : sourceOf(entry)
    if (source === undefined) throw new Error(`no source of ${digest}`)
    const document = await readEntry(source, digest)
    for (const blob of blobsOf(document)) owners.set(blob, source)
    return document
  }
  const sourceOf = ({ source, digest, mediaType }: ListEntry) =>
    typeof source === 'string'
      ? sources.get(source)
      : storeSource(at, { manifestDigest: digest, manifestType: mediaType }, label)
  return {
    label,
    parallelBlobs: Math.min(parallelInStore, ...[...sources.values()].map(({ parallelBlobs }) => parallelBlobs)),
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
  const parsed = parseAnyManifest(bytes, mediaType)
  return parsed.kind === 'index' ? [] : [parsed.config, ...parsed.layers].map(({ digest }) => digest)
}

function unknownBlob(digest: Digest, label: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'blob-unknown',
    message: `no image of '${label}' has blob ${digest}`,
  })
}
