// OCI image layouts, as a folder or in a tar: index.json names manifests, blobs/ holds everything else.

import type { Digest } from '../base/digest.ts'
import { digestAlgorithm, digestHex } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import type { PlatformDescriptor } from '../image/descriptor.ts'
import { manifestLimits, parseManifest } from '../image/manifest.ts'
import { type ArchiveFiles, openFolderFiles } from './archive-files.ts'
import type { ImageSource } from './image-source.ts'

export const refNameAnnotation = 'org.opencontainers.image.ref.name'
/** containerd's and docker's: the whole name where the other has only the tag. */
const imageNameAnnotation = 'io.containerd.image.name'

export function isOciLayout(files: ArchiveFiles): boolean {
  return files.has('index.json') && files.has('oci-layout')
}

/** Where blobs are, as the layout names them. */
export const blobFolders = ['blobs', 'blobs/sha256'] as const

/** A layout whose blobs lie in another folder, which several share. `files` stays the caller's. */
export function withSharedBlobs(files: ArchiveFiles, folder: string): ArchiveFiles {
  const shared = openFolderFiles(folder)
  const at = (name: string): [ArchiveFiles, string] =>
    name.startsWith('blobs/') ? [shared, name.slice('blobs/'.length)] : [files, name]
  const ask = <T>(name: string, what: (from: ArchiveFiles, name: string) => T): T => what(...at(name))
  return {
    ...files,
    has: (name) => ask(name, (from, own) => from.has(own)),
    size: (name) => ask(name, (from, own) => from.size(own)),
    stream: (name, offset) => ask(name, (from, own) => from.stream(own, offset)),
    readSmall: (name, maxBytes) => ask(name, (from, own) => from.readSmall(own, maxBytes)),
  }
}

/** Entries of index.json. @throws corrupt */
export function listOciLayout(files: ArchiveFiles): readonly PlatformDescriptor[] {
  const index = parseManifest(files.readSmall('index.json', manifestLimits.maxBytes))
  if (index.kind === 'index') return index.manifests
  throw malformed(files, 'index.json is not an index')
}

/** The names that an entry of index.json carries. */
export function namesOfEntry(entry: PlatformDescriptor): string[] {
  const name = entry.annotations?.[imageNameAnnotation] ?? entry.annotations?.[refNameAnnotation]
  return name === undefined ? [] : [name]
}

/**
 * One image of the layout: the one whose ref.name is `name`, else the only one, else (several, none named) the index as a whole,
 * from which the platform chooses. `files` stays the caller's. @throws not-found `layout-image-missing`
 */
export function ociLayoutSource(files: ArchiveFiles, name: string | undefined): ImageSource {
  const path = (digest: Digest) => `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`
  const top = chooseEntry(files, name)
  return {
    label: files.label,
    parallelBlobs: 2,
    readManifest: async (digest) => {
      const wanted = digest ?? top?.digest
      const file = wanted === undefined ? 'index.json' : path(wanted)
      return { bytes: files.readSmall(file, manifestLimits.maxBytes) }
    },
    openBlob: (blob, offset) => files.stream(path(blob.digest), offset),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function chooseEntry(files: ArchiveFiles, name: string | undefined): PlatformDescriptor | undefined {
  const entries = listOciLayout(files)
  if (name === undefined) return entries.length === 1 ? entries[0] : undefined
  const found = entries.find((entry) => namesOfEntry(entry).includes(name))
  if (found !== undefined) return found
  throw new EngineError({
    kind: 'not-found',
    code: 'layout-image-missing',
    message: `no image '${name}' in '${files.label}'`,
    hint: `It has: ${entries.flatMap(namesOfEntry).slice(0, 20).join(', ') || 'images without a name'}`,
  })
}

function malformed(files: ArchiveFiles, reason: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'archive-malformed',
    message: `'${files.label}' is not a usable OCI layout: ${reason}`,
  })
}
