// One simple signature on its own, without a policy: by one of these keys, for this manifest, under this very name.

import type { Digest } from '../base/digest.ts'
import { invalid } from '../base/errors.ts'
import { parseReference } from '../image/reference.ts'
import { exportKey, openKeyring } from './gpg.ts'
import { rejected } from './rejected.ts'
import { checkPayload } from './signed-by.ts'
import { parseSignedPayload, payloadTypes } from './signed-payload.ts'

export interface SimpleQuestion {
  readonly manifest: Uint8Array
  readonly signature: Uint8Array
  readonly reference: string
  /** `any` for every key in `keys`. */
  readonly fingerprints: readonly string[]
  /** Those of the user's keyring unless given. */
  readonly keys: Uint8Array | undefined
}

/** @throws denied `signature-rejected`; invalid; not-found `gpg-key-missing`; unavailable `gpg-missing` */
export async function verifySimple(question: SimpleQuestion): Promise<{ fingerprint: string; digest: Digest }> {
  const { manifest, reference, fingerprints, keys } = question
  const isAny = fingerprints.length === 1 && fingerprints[0] === 'any'
  if (isAny && keys === undefined) throw invalid('flag-missing', '"any" needs the keys in a file: --public-key-file')
  using keyring = await openKeyring(keys === undefined ? await Promise.all(fingerprints.map(exportKey)) : [keys])
  const { content, fingerprints: signers } = await keyring.verify(question.signature)
  const wanted = fingerprints.map((each) => each.toUpperCase())
  const fingerprint = signers.find((each) => isAny || wanted.includes(each))
  if (fingerprint === undefined) {
    throw rejected(`Signature by ${signers[0]} does not match expected fingerprints ${wanted.join(', ')}`)
  }
  const payload = parseSignedPayload(content, payloadTypes.simple)
  const intended = parseReference(reference)
  checkPayload(payload, { image: { manifest, intended }, identity: { type: 'matchExact' } })
  return { fingerprint, digest: payload.digest }
}
