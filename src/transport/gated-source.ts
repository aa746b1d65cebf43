// A source behind the policy's gate: a manifest comes out of it only when its image has been admitted, so that whoever copies from it can
// store no other.

import { type Digest, digestOf } from '../base/digest.ts'
import { parseAnyManifest } from '../image/manifest.ts'
import type { ImageSignature } from '../signature/image-signature.ts'
import type { Gate } from '../signature/policy.ts'
import type { ImageSource } from './image-source.ts'

/** Indexes pass: their entries are admitted one by one. Without a gate everything does. */
export function gatedSource(source: ImageSource, gate: Gate | undefined): ImageSource {
  const known = new Map<Digest, Promise<readonly ImageSignature[]>>()
  const readSignatures = async (digest: Digest) => {
    const reading = known.get(digest) ?? source.readSignatures?.(digest) ?? Promise.resolve([])
    known.set(digest, reading)
    return reading
  }
  return {
    ...source,
    readSignatures,
    readManifest: async (digest) => {
      const document = await source.readManifest(digest)
      if (gate === undefined || parseAnyManifest(document.bytes, document.mediaType).kind === 'index') return document
      const own = digestOf(document.bytes)
      await gate.admit({ manifest: document.bytes, readSignatures: async () => readSignatures(own) })
      return document
    },
  }
}
