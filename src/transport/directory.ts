// skopeo's `dir:`: manifest.json, version, and each blob as a file named by its hex digest.

import { digestHex } from '../base/digest.ts'
import { manifestLimits } from '../image/manifest.ts'
import type { ArchiveFiles } from './archive-files.ts'
import type { ImageSource } from './image-source.ts'

export function isDirectory(files: ArchiveFiles): boolean {
  return files.has('manifest.json') && files.has('version')
}

/** `files` stays the caller's. */
export function directorySource(files: ArchiveFiles): ImageSource {
  return {
    label: files.label,
    parallelBlobs: 2,
    readManifest: async (digest) => {
      const own = digest === undefined ? undefined : `${digestHex(digest)}.manifest.json`
      const name = own !== undefined && files.has(own) ? own : 'manifest.json'
      return { bytes: files.readSmall(name, manifestLimits.maxBytes) }
    },
    openBlob: (blob, offset) => files.stream(digestHex(blob.digest), offset),
    [Symbol.asyncDispose]: async () => undefined,
  }
}
