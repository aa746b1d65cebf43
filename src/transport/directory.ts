// skopeo's `dir:`: manifest.json, version, and each blob as a file named by its hex digest.

import { type Digest, digestHex, digestOf } from '../base/digest.ts'
import { manifestLimits } from '../image/manifest.ts'
import { type ImageSignature, readSignature, signatureLimits } from '../signature/image-signature.ts'
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
    readSignatures: async (digest) => readSignatures(files, digest),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** `signature-N` are those of manifest.json; an entry of an index has its digest before them. */
export function signatureName(digest: Digest | undefined, number: number): string {
  return `${digest === undefined ? '' : `${digestHex(digest)}.`}signature-${number}`
}

function readSignatures(files: ArchiveFiles, digest: Digest): ImageSignature[] {
  const top = digestOf(files.readSmall('manifest.json', manifestLimits.maxBytes))
  const signatures: ImageSignature[] = []
  for (let number = 1; number <= signatureLimits.maxCount; number++) {
    const name = signatureName(digest === top ? undefined : digest, number)
    if (!files.has(name)) break
    signatures.push(readSignature(files.readSmall(name, signatureLimits.maxBytes), `${files.label}/${name}`))
  }
  return signatures
}
