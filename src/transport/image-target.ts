// What every place that an image can be written to offers.

import type { Digest } from '../base/digest.ts'
import type { Descriptor } from '../image/descriptor.ts'
import type { ImageSignature } from '../signature/image-signature.ts'

export interface OutgoingBlob extends Descriptor {
  /** The blob's bytes from `offset` on; may be asked for more than once. */
  open(offset: number): AsyncIterable<Uint8Array>
}

export interface ImageTarget extends AsyncDisposable {
  /** What messages call it: `docker://quay.io/me/busybox:1`, `dir:/tmp/x`. */
  readonly label: string
  /** How many blobs may be under way at once. */
  readonly parallelBlobs: number
  /** Whether whoever receives a blob checks its digest: else the sender does. */
  readonly isVerifying: boolean
  /** What becomes of layers on the way: only `unpack` leaves no choice. */
  readonly packing: 'keep' | 'gzip plain ones' | 'unpack'
  /** True where the target has the blob already, or could take it over from a neighbour. */
  hasBlob(blob: Descriptor): Promise<boolean>
  /** Whether that manifest is what the target's name leads to, or is among its entries. Absent where that is not to be learnt cheaply. */
  hasManifest?(digest: Digest, place: 'top' | 'entry'): Promise<boolean>
  putBlob(blob: OutgoingBlob, onProgress: (doneBytes: number) => void): Promise<void>
  /** The image itself, or (with a digest) an entry of the index that follows. All its blobs are there. */
  putManifest(bytes: Uint8Array, mediaType: string, digest?: Digest): Promise<void>
  /** All signatures of the manifest that is put next. Absent where a place keeps none. */
  putSignatures?(
    signatures: readonly ImageSignature[],
    manifest: { readonly digest: Digest; readonly isEntry: boolean },
  ): Promise<void>
  /** After the last manifest: nothing is visible under the target's name before. */
  finish(): Promise<void>
}
