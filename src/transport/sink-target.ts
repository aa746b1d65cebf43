// A folder or archive as an ImageTarget: an OCI image layout, or skopeo's `dir:`. One image, written from the beginning to the end.

import { type Digest, digestAlgorithm, digestHex, digestOf } from '../base/digest.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { mediaTypes } from '../image/manifest.ts'
import { signatureBlob } from '../signature/image-signature.ts'
import { type ArchiveSink, addBytes } from './archive-sink.ts'
import { signatureName } from './directory.ts'
import type { ImageTarget, OutgoingBlob } from './image-target.ts'
import { blobFolders, refNameAnnotation } from './oci-layout.ts'

export interface SinkPlace {
  readonly label: string
  readonly sink: ArchiveSink
}

/** `name` becomes the entry's reference; none where it is undefined. */
export function ociTarget(
  { label, sink }: SinkPlace,
  { name, packing }: { name: string | undefined; packing: ImageTarget['packing'] },
): ImageTarget {
  let entry: object | undefined
  const written = new Set<string>()
  return {
    ...sinkTarget({ label, sink }, { written, packing, nameOf: ({ digest }) => blobName(digest) }),
    putManifest: async (bytes, mediaType, digest) => {
      const own = digestOf(bytes)
      await addOnce(sink, written, { name: blobName(own), bytes })
      const annotations = name === undefined ? {} : { annotations: { [refNameAnnotation]: name } }
      if (digest === undefined) entry = { mediaType, digest: own, size: bytes.length, ...annotations }
    },
    finish: async () => {
      await addBytes(sink, 'oci-layout', '{"imageLayoutVersion":"1.0.0"}')
      for (const folder of blobFolders) await sink.addFolder(folder)
      const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry] }
      await addBytes(sink, 'index.json', JSON.stringify(index))
      await sink.finish()
    },
  }
}

export function directoryTarget({ label, sink }: SinkPlace, packing: ImageTarget['packing']): ImageTarget {
  const written = new Set<string>()
  return {
    ...sinkTarget({ label, sink }, { written, packing, nameOf: ({ digest }) => digestHex(digest) }),
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

interface SinkFiles {
  /** Names that are there. */
  readonly written: Set<string>
  readonly packing: ImageTarget['packing']
  readonly nameOf: (blob: Descriptor) => string
}

/** What targets that are written from the beginning to the end have in common. */
export function sinkTarget({ label, sink }: SinkPlace, { written, packing, nameOf }: SinkFiles) {
  return {
    label,
    parallelBlobs: 1,
    isVerifying: false,
    packing,
    hasBlob: async (blob: Descriptor) => written.has(nameOf(blob)),
    putBlob: async (blob: OutgoingBlob) => {
      const name = nameOf(blob)
      written.add(name)
      await sink.add({ name, size: blob.size, content: blob.open(0) })
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function blobName(digest: Digest): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`
}

async function addOnce(
  sink: ArchiveSink,
  written: Set<string>,
  { name, bytes }: { name: string; bytes: Uint8Array },
): Promise<void> {
  if (written.has(name)) return
  written.add(name)
  await addBytes(sink, name, bytes)
}
