// A folder or archive as an ImageTarget: an OCI image layout, or skopeo's `dir:`. One image, written from the beginning to the end.

import { type Digest, digestAlgorithm, digestHex, digestOf } from '../base/digest.ts'
import { mediaTypes } from '../image/manifest.ts'
import { signatureBlob } from '../signature/image-signature.ts'
import { type ArchiveSink, oneChunk } from './archive-sink.ts'
import { signatureName } from './directory.ts'
import type { ImageTarget } from './image-target.ts'
import { refNameAnnotation } from './oci-layout.ts'

export interface SinkTarget {
  readonly label: string
  readonly sink: ArchiveSink
}

/** `name` becomes the entry's reference; none where it is undefined. */
export function ociTarget({ label, sink }: SinkTarget, name: string | undefined): ImageTarget {
  let entry: object | undefined
  const written = new Set<string>()
  return {
    ...common(label, sink, { written, nameOf: (digest) => `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}` }),
    putManifest: async (bytes, mediaType, digest) => {
      const own = digestOf(bytes)
      await addOnce(sink, written, { name: `blobs/sha256/${digestHex(own)}`, bytes })
      const annotations = name === undefined ? {} : { annotations: { [refNameAnnotation]: name } }
      if (digest === undefined) entry = { mediaType, digest: own, size: bytes.length, ...annotations }
    },
    finish: async () => {
      await addBytes(sink, 'oci-layout', '{"imageLayoutVersion":"1.0.0"}')
      const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry] }
      await addBytes(sink, 'index.json', JSON.stringify(index))
      await sink.finish()
    },
  }
}

export function directoryTarget({ label, sink }: SinkTarget, isCompressed: boolean): ImageTarget {
  const written = new Set<string>()
  return {
    ...common(label, sink, { written, nameOf: digestHex }),
    wantsCompressed: isCompressed,
    putManifest: async (bytes, _mediaType, digest) => {
      const name = digest === undefined ? 'manifest.json' : `${digestHex(digest)}.manifest.json`
      await addOnce(sink, written, { name, bytes })
    },
    putSignatures: async (signatures, { digest, isEntry }) => {
      for (const [at, signature] of signatures.entries()) {
        const name = signatureName(isEntry ? digest : undefined, at + 1)
        await addOnce(sink, written, { name, bytes: signatureBlob(signature) })
      }
    },
    finish: async () => {
      await addBytes(sink, 'version', 'Directory Transport Version: 1.1\n')
      await sink.finish()
    },
  }
}

function common(
  label: string,
  sink: ArchiveSink,
  { written, nameOf }: { written: Set<string>; nameOf: (digest: Digest) => string },
) {
  return {
    label,
    parallelBlobs: 1,
    isVerifying: false,
    wantsCompressed: false,
    hasBlob: async (blob: { readonly digest: Digest }) => written.has(nameOf(blob.digest)),
    putBlob: async (blob: Parameters<ImageTarget['putBlob']>[0]) => {
      const name = nameOf(blob.digest)
      written.add(name)
      await sink.add({ name, size: blob.size, content: blob.open(0) })
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

async function addOnce(
  sink: ArchiveSink,
  written: Set<string>,
  file: { name: string; bytes: Uint8Array },
): Promise<void> {
  if (written.has(file.name)) return
  written.add(file.name)
  await sink.add({ name: file.name, size: file.bytes.length, content: oneChunk(file.bytes) })
}

async function addBytes(sink: ArchiveSink, name: string, text: string): Promise<void> {
  const bytes = Buffer.from(text)
  await sink.add({ name, size: bytes.length, content: oneChunk(bytes) })
}
