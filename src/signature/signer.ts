// Making signatures of an image: that this digest is called so.

import type { KeyObject } from 'node:crypto'
import type { Digest } from '../base/digest.ts'
import { invalid } from '../base/errors.ts'
import { printReference, type Reference } from '../image/reference.ts'
import { exactName } from '../image/reference-scopes.ts'
import { type GpgSigning, signMessage } from './gpg.ts'
import type { ImageSignature } from './image-signature.ts'
import { payloadTypes, printSignedPayload } from './signed-payload.ts'
import { signatureAnnotation, sigstoreMediaType } from './sigstore-form.ts'
import { signBytes } from './sigstore-key.ts'

export interface ImageSigner {
  /** For progress: `Signing image using simple signing`. */
  readonly doing: string
  sign(digest: Digest): Promise<ImageSignature>
}

const creator = 'gantry'

/** @throws invalid `signature-name` for a name with neither tag nor digest */
export function simpleSigner(reference: Reference, how: GpgSigning): ImageSigner {
  const name = signedName(reference)
  return {
    doing: 'Signing image using simple signing',
    sign: async (digest) => ({
      kind: 'simple',
      bytes: await signMessage(payloadOf(digest, { name, type: payloadTypes.simple }), how),
    }),
  }
}

/** @throws invalid `signature-name` for a name with neither tag nor digest */
export function sigstoreSigner(reference: Reference, key: KeyObject): ImageSigner {
  const name = signedName(reference)
  return {
    doing: 'Signing image using a sigstore signature',
    sign: async (digest) => {
      const payload = payloadOf(digest, { name, type: payloadTypes.sigstore })
      const signature = Buffer.from(signBytes(key, payload)).toString('base64')
      const annotations = { [signatureAnnotation]: signature }
      return { kind: 'sigstore', mediaType: sigstoreMediaType, payload, annotations }
    },
  }
}

function payloadOf(
  digest: Digest,
  { name, type }: { name: string; type: (typeof payloadTypes)[keyof typeof payloadTypes] },
): Uint8Array {
  return printSignedPayload({ digest, reference: name }, { type, creator, timestamp: Math.floor(Date.now() / 1000) })
}

function signedName(reference: Reference): string {
  if (reference.tag !== undefined || reference.digest !== undefined) return printReference(exactName(reference))
  throw invalid(
    'signature-name',
    `reference ${printReference(reference)} cannot be signed, it has neither a tag nor a digest`,
  )
}
