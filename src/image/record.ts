// What is stored of an image: images/<id>.json, and one names/image/<reference>.json per tag.

import type { Digest } from '../base/digest.ts'
import type { Versioned } from '../state/record.ts'

export interface ImageRecord extends Versioned {
  /** Hex sha256 of the config document. */
  readonly id: string
  readonly configDigest: Digest
  /** The manifest that the image came with, byte for byte in the blob store. */
  readonly manifestDigest: Digest
  /** Media type of that manifest. */
  readonly manifestType: string
  /** Further digests that name this image (the index it was chosen from), newest last. */
  readonly repoDigests: readonly string[]
  /** Blobs: the signatures of that manifest, as signature/image-signature.ts stores them. */
  readonly signatures?: readonly Digest[]
  /** Lowest first; same length. */
  readonly layers: readonly LayerRef[]
  /** Sum of the unpacked layers' bytes. */
  readonly sizeBytes: number
  /** The config's `created`, or when the record was made. */
  readonly createdAt: string
  /** Every reference that it was ever tagged with, newest first. */
  readonly nameHistory?: readonly string[]
}

export interface LayerRef {
  /** Compressed blob, as the manifest names it. */
  readonly blob: Digest
  readonly blobBytes: number
  readonly mediaType: string
  readonly diffId: Digest
  readonly chainId: Digest
}

export interface ImageName extends Versioned {
  /** Fully qualified: `docker.io/library/busybox:latest`. */
  readonly reference: string
  readonly imageId: string
  /** The manifest or index digest that the registry answered with, if any. */
  readonly digest?: Digest
  readonly taggedAt: string
}

/** layers/<hex>/layer.json; written before the rename that publishes the layer, never changed. */
export interface LayerRecord extends Versioned {
  readonly chainId: Digest
  readonly diffId: Digest
  readonly parent?: Digest
  readonly sizeBytes: number
  readonly files: number
  /** Name of the link in l/. */
  readonly link: string
  /** The layer hides everything below it, so it is mounted as the lowest. */
  readonly isOpaque?: boolean
}
