// Signatures of a registry's images: in the lookaside that registries.d names, and in the registry itself where it says so.

import type { Digest } from '../../base/digest.ts'
import type { ImageSignature } from '../../signature/image-signature.ts'
import { readLookaside, type WebAccess } from '../lookaside.ts'
import type { SignatureStorage } from './registries-d.ts'
import type { RegistrySourceOptions } from './source.ts'

export interface RegistrySignatures {
  readonly at: RegistrySourceOptions
  readonly storage: SignatureStorage
  readonly web: WebAccess
}

/** @throws what the lookaside and the registry throw: no answer is not the same as no signature */
export async function readRegistrySignatures(
  { at, storage, web }: RegistrySignatures,
  digest: Digest,
): Promise<ImageSignature[]> {
  return readLookaside(storage.readFrom, { reference: at.reference, digest }, web)
}
