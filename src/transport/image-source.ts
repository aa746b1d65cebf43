// What every place that an image can be read from offers, and the way from there to one manifest for one platform.

import { type Digest, digestOf } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { type ImageManifest, manifestLimits, parseManifest } from '../image/manifest.ts'
import { choosePlatform, hostPlatform, type Platform } from '../image/platform.ts'
import type { ImageSignature } from '../signature/image-signature.ts'

export interface ManifestDocument {
  readonly bytes: Uint8Array
  /** As the sender called it. */
  readonly mediaType?: string
}

export interface ImageSource extends AsyncDisposable {
  /** What messages call it: `docker.io/library/busybox:latest`, `/tmp/x.tar`. */
  readonly label: string
  /** The top document, or the one with this digest (an entry of an index). Not verified. */
  readManifest(digest?: Digest): Promise<ManifestDocument>
  /** The top document with its digest, both believed rather than checked: to be compared, not copied. Absent where nobody knows it. */
  knownManifest?(): ManifestDocument & { readonly digest: Digest }
  /** The blob's bytes from `offset` on. Not verified. */
  openBlob(blob: Descriptor, offset: number): AsyncIterable<Uint8Array>
  /** The bytes from `start` up to `end`, without what surrounds them. Where a source lacks it, that would save nothing. @throws corrupt where only the whole is to be had */
  openRange?(blob: Descriptor, start: number, end: number): AsyncIterable<Uint8Array>
  /** How many blobs may be under way at once. */
  readonly parallelBlobs: number
  /** Signatures of the manifest with this digest, not verified. Absent where a place keeps none. */
  readSignatures?(digest: Digest): Promise<readonly ImageSignature[]>
}

export interface ChosenManifest {
  readonly manifest: ImageManifest
  readonly bytes: Uint8Array
  readonly digest: Digest
  /** The indexes on the way to it, outermost first. */
  readonly indexes: readonly { readonly bytes: Uint8Array; readonly digest: Digest }[]
}

const maxIndexDepth = 4

/**
 * Follows indexes down to one image. Every document below the top is verified against the digest that named it.
 * @throws not-found `platform-missing`; corrupt; what the source throws
 */
export async function chooseManifest(source: ImageSource, platform: Platform | undefined): Promise<ChosenManifest> {
  const wanted = platform ?? hostPlatform()
  const indexes: { bytes: Uint8Array; digest: Digest }[] = []
  let named: Digest | undefined
  for (let depth = 0; depth < maxIndexDepth; depth++) {
    const document = named === undefined ? await source.readManifest() : await readEntry(source, named)
    const digest = named ?? digestOf(document.bytes)
    if (document.bytes.length > manifestLimits.maxBytes) throw tooLarge(source.label)
    const parsed = parseManifest(document.bytes, document.mediaType)
    if (parsed.kind === 'manifest') return { manifest: parsed, bytes: document.bytes, digest, indexes }
    indexes.push({ bytes: document.bytes, digest })
    named = choosePlatform(parsed.manifests.filter(isRunnable), wanted).digest
  }
  throw new EngineError({
    kind: 'corrupt',
    code: 'index-too-deep',
    message: `indexes in '${source.label}' nest deeper than ${maxIndexDepth} levels`,
  })
}

/** The document that an index names. @throws corrupt `manifest-digest-mismatch`, `manifest-too-large`; what the source throws */
export async function readEntry(source: ImageSource, digest: Digest): Promise<ManifestDocument> {
  const document = await source.readManifest(digest)
  if (document.bytes.length > manifestLimits.maxBytes) throw tooLarge(source.label)
  checkDigest(document.bytes, digest)
  return document
}

/** BuildKit lists attestations as entries for the platform unknown/unknown. */
export function isRunnable(entry: { readonly platform?: Platform; readonly artifactType?: string }): boolean {
  return entry.platform?.os !== 'unknown' && entry.artifactType === undefined
}

function checkDigest(bytes: Uint8Array, digest: Digest): void {
  if (digest.startsWith('sha512:') || digestOf(bytes) === digest) return
  throw new EngineError({
    kind: 'corrupt',
    code: 'manifest-digest-mismatch',
    message: `the manifest is not what its digest ${digest} says`,
  })
}

function tooLarge(label: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'manifest-too-large',
    message: `the manifest of '${label}' is larger than ${manifestLimits.maxBytes} bytes`,
  })
}
