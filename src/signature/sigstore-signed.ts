// The requirement sigstoreSigned: one of the image's sigstore signatures is by a key that the policy trusts, itself or through the
// certificate of an authority, for this manifest and an accepted name.

import type { KeyObject } from 'node:crypto'
import { errorMessage } from '../base/errors.ts'
import { acceptOne } from './accept-one.ts'
import { type Certificate, emailsOf, readCertificates } from './certificate.ts'
import { checkChain } from './certificate-chain.ts'
import { derTags, readDer } from './der.ts'
import type { ImageSignature, SigstoreSignature } from './image-signature.ts'
import { type KeyMaterial, readMaterial } from './key-material.ts'
import type { SigstoreRequirement } from './policy-document.ts'
import { rejected } from './rejected.ts'
import { type RecordedSignature, recordedAt } from './rekor-set.ts'
import { checkPayload, type SignedImage } from './signed-by.ts'
import { parseSignedPayload, payloadTypes } from './signed-payload.ts'
import {
  bundleAnnotation,
  certificateAnnotation,
  chainAnnotation,
  signatureAnnotation,
  sigstoreMediaType,
} from './sigstore-form.ts'
import { checkKey, isSignedBy, readPublicKey } from './sigstore-key.ts'
import type { FulcioRoots, PkiRoots, SigstoreRoots } from './sigstore-roots.ts'

/** @throws denied `signature-rejected`; invalid where the policy's own keys cannot be read */
export async function checkSigstoreSigned(
  requirement: SigstoreRequirement,
  image: SignedImage,
  signatures: readonly ImageSignature[],
): Promise<void> {
  const candidates = signatures.filter(isSigstore)
  if (candidates.length === 0) {
    const others = signatures.length === 0 ? '' : ` (${signatures.length} signatures of another kind)`
    throw rejected(`A signature was required, but no signature exists${others}`)
  }
  const trust = openRoots(requirement.roots)
  await acceptOne(candidates, async (signature) => {
    const bytes = Buffer.from(annotation(signature, signatureAnnotation), 'base64')
    const keys = trust(signature, bytes)
    if (!keys.some((key) => isSignedBy(key, signature.payload, bytes))) {
      throw rejected('cryptographic signature verification failed')
    }
    const payload = parseSignedPayload(signature.payload, payloadTypes.sigstore)
    checkPayload(payload, { image, identity: requirement.identity })
  })
}

function isSigstore(signature: ImageSignature): signature is SigstoreSignature {
  return signature.kind === 'sigstore' && signature.mediaType === sigstoreMediaType
}

/** The keys that may have made this signature. @throws denied `signature-rejected` */
type Trust = (signature: SigstoreSignature, bytes: Uint8Array) => readonly KeyObject[]

function openRoots(roots: SigstoreRoots): Trust {
  switch (roots.kind) {
    case 'keys':
      return trustKeys(readKeys(roots.keys, 'public key'), readRekorKeys(roots.rekorKeys))
    case 'fulcio':
      return trustFulcio(roots)
    case 'pki':
      return trustPki(roots)
  }
}

function trustKeys(keys: readonly KeyObject[], rekorKeys: readonly KeyObject[] | undefined): Trust {
  if (rekorKeys === undefined) return () => keys
  return (signature, bytes) => {
    const bundle = annotation(signature, bundleAnnotation)
    const reasons: string[] = []
    const recorded = keys.filter((key) => {
      try {
        return recordedAt(bundle, recordedBy(signature, bytes, derOf(key)), rekorKeys)
      } catch (error) {
        reasons.push(errorMessage(error))
        return false
      }
    })
    if (recorded.length > 0) return recorded
    throw rejected(`No public key verified against the RekorSET: ${[...new Set(reasons)].join(', ')}`)
  }
}

/** The certificate must have been valid when Rekor recorded the signature: it is for minutes only. */
function trustFulcio({ authorities, oidcIssuer, subjectEmail, rekorKeys }: FulcioRoots): Trust {
  const roots = readAuthorities(authorities)
  const logKeys = readKeys(rekorKeys, 'Rekor public key')
  return (signature, bytes) => {
    const leaf = leafOf(signature)
    const bundle = annotation(signature, bundleAnnotation)
    const at = recordedAt(bundle, recordedBy(signature, bytes, leaf.x509.raw), logKeys)
    checkChain({ leaf, roots, intermediates: chainOf(signature), at })
    const issuer = fulcioIssuer(leaf)
    if (issuer !== oidcIssuer) throw rejected(`Unexpected Fulcio OIDC issuer "${issuer}"`)
    checkEmail(leaf, subjectEmail)
    return [checkKey(leaf.x509.publicKey, 'the key of the certificate')]
  }
}

function trustPki({ authorities, intermediates, subjectEmail, subjectHostname }: PkiRoots): Trust {
  const roots = readAuthorities(authorities)
  const known = intermediates === undefined ? [] : readAuthorities(intermediates)
  return (signature) => {
    const leaf = leafOf(signature)
    checkChain({ leaf, roots, intermediates: [...known, ...chainOf(signature)], at: new Date() })
    if (subjectEmail !== undefined) checkEmail(leaf, subjectEmail)
    if (subjectHostname !== undefined && leaf.x509.checkHost(subjectHostname, { subject: 'never' }) === undefined) {
      throw rejected(`Unexpected subject hostname: the certificate is not for ${subjectHostname}`)
    }
    return [checkKey(leaf.x509.publicKey, 'the key of the certificate')]
  }
}

function checkEmail(leaf: Certificate, wanted: string): void {
  const emails = emailsOf(leaf)
  if (!emails.includes(wanted)) throw rejected(`Required email "${wanted}" not found (got ${JSON.stringify(emails)})`)
}

/** Who vouched for the address, as Fulcio recorded it: in the old extension as bare text, in the new one as UTF8String. */
function fulcioIssuer({ extensions }: Certificate): string {
  const [old, current] = ['1.3.6.1.4.1.57264.1.1', '1.3.6.1.4.1.57264.1.8'].map((id) => extensions.get(id)?.value)
  const first = old === undefined ? undefined : Buffer.from(old).toString('utf8')
  const second = current === undefined ? undefined : Buffer.from(readDer(current, derTags.text)).toString('utf8')
  if (first !== undefined && second !== undefined && first !== second) {
    throw rejected(`inconsistent OIDC issuer extension values: "${first}", "${second}"`)
  }
  const issuer = second ?? first
  if (issuer === undefined) throw rejected('Fulcio certificate is missing the issuer extension')
  return issuer
}

function leafOf(signature: SigstoreSignature): Certificate {
  const [leaf, ...more] = readCertificates(annotation(signature, certificateAnnotation), 'the certificate')
  if (leaf === undefined || more.length > 0) throw rejected('unexpected multiple certificates in the signature')
  return leaf
}

function chainOf({ annotations }: SigstoreSignature): Certificate[] {
  const chain = annotations[chainAnnotation] ?? ''
  return chain.trim() === '' ? [] : readCertificates(chain, 'the certificate chain')
}

function annotation({ annotations }: SigstoreSignature, name: string): string {
  const value = annotations[name]
  if (value === undefined) throw rejected(`missing ${name} annotation`)
  return value
}

function recordedBy({ payload }: SigstoreSignature, signature: Uint8Array, signer: Uint8Array): RecordedSignature {
  return { payload, signature, signer }
}

function readKeys(material: KeyMaterial, what: string): KeyObject[] {
  return readMaterial(material).map((pem, at) => readPublicKey(pem, `${what} ${at + 1} of the policy`))
}

function readRekorKeys(material: KeyMaterial | undefined): KeyObject[] | undefined {
  return material === undefined ? undefined : readKeys(material, 'Rekor public key')
}

function readAuthorities(material: KeyMaterial): Certificate[] {
  return readMaterial(material).flatMap((pem) =>
    readCertificates(Buffer.from(pem).toString('utf8'), 'the authorities of the policy'),
  )
}

function derOf(key: KeyObject): Uint8Array {
  return key.export({ format: 'der', type: 'spki' })
}
