// The requirement signedBy: one of the image's simple signatures is by a key of the policy, for this manifest and an accepted name.

import type { Reference } from '../image/reference.ts'
import { acceptOne } from './accept-one.ts'
import { type Keyring, openKeyring } from './gpg.ts'
import type { ImageSignature } from './image-signature.ts'
import { readMaterial } from './key-material.ts'
import type { SignedByRequirement } from './policy-document.ts'
import { rejected } from './rejected.ts'
import { isIdentityAccepted, type SignedIdentity } from './signed-identity.ts'
import { hasDigest, parseSignedPayload, payloadTypes, type SignedPayload } from './signed-payload.ts'

/** What a signature must be for. */
export interface SignedImage {
  readonly manifest: Uint8Array
  /** As it was asked for, with a tag or a digest; undefined for what was found by a path. */
  readonly intended: Reference | undefined
}

/** @throws denied `signature-rejected`; unavailable `gpg-missing` */
export async function checkSignedBy(
  requirement: SignedByRequirement,
  image: SignedImage,
  signatures: readonly ImageSignature[],
): Promise<void> {
  const { keyType } = requirement
  if (keyType !== 'GPGKeys') throw rejected(`keyType "${keyType}" is not supported: only GPGKeys is`)
  const simple = signatures.filter((signature) => signature.kind === 'simple')
  if (simple.length === 0) throw rejected('A signature was required, but no signature exists')
  using keyring = await openKeyring(readMaterial(requirement.keys))
  if (keyring.fingerprints.length === 0) throw rejected('No public keys imported')
  await acceptOne(simple, async ({ bytes }) => checkOne(keyring, bytes, { image, identity: requirement.identity }))
}

async function checkOne(
  keyring: Keyring,
  signature: Uint8Array,
  on: { image: SignedImage; identity: SignedIdentity },
): Promise<void> {
  const { content } = await keyring.verify(signature)
  checkPayload(parseSignedPayload(content, payloadTypes.simple), on)
}

/** @throws denied `signature-rejected` */
export function checkPayload(
  payload: SignedPayload,
  { image, identity }: { image: SignedImage; identity: SignedIdentity },
): void {
  if (!hasDigest(image.manifest, payload.digest))
    throw rejected(`Signature for digest ${payload.digest} does not match`)
  if (isIdentityAccepted(identity, image.intended, payload.reference)) return
  throw rejected(`Signature for identity "${payload.reference.slice(0, 300)}" is not accepted`)
}
