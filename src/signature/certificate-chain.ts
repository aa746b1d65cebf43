// From a leaf up to a trusted root (RFC 5280, 6), for signing code at a given time. What is not understood is refused: critical
// extensions that are unknown, name constraints, old hashes.

import { type Certificate, extensionIds } from './certificate.ts'
import { derTags, readDer, readDerValues, readOid } from './der.ts'
import { rejected } from './rejected.ts'

export interface ChainQuestion {
  readonly leaf: Certificate
  readonly roots: readonly Certificate[]
  /** Trusted by nobody. */
  readonly intermediates: readonly Certificate[]
  readonly at: Date
}

const maxIntermediates = 16
const codeSigning = ['1.3.6.1.5.5.7.3.3', '2.5.29.37.0']
const understood: readonly string[] = Object.values(extensionIds)
const nameConstraints = '2.5.29.30'
/** ECDSA and RSA (PKCS #1) with SHA-2, Ed25519. */
const algorithms = [
  ...['1.2.840.10045.4.3.2', '1.2.840.10045.4.3.3', '1.2.840.10045.4.3.4'],
  ...['1.2.840.113549.1.1.11', '1.2.840.113549.1.1.12', '1.2.840.113549.1.1.13', '1.3.101.112'],
]

/** @throws denied `signature-rejected` */
export function checkChain(question: ChainQuestion): void {
  const flaw = flawOf(question.leaf, question.at)
  if (flaw !== undefined) throw rejected(`verifying the leaf certificate failed: ${flaw}`)
  if (isTrusted(question)) return
  throw rejected('verifying the leaf certificate failed: it was not issued by a trusted authority')
}

/** Level by level: each intermediate is looked at once, at its place nearest to the leaf. */
function isTrusted({ leaf, roots, intermediates, at }: ChainQuestion): boolean {
  const rest = new Set(intermediates.slice(0, maxIntermediates))
  let level = [leaf]
  for (let below = 0; level.length > 0; below++) {
    const isIssuer = (candidate: Certificate) =>
      isAuthority(candidate, below, at) && level.some((each) => isIssuedBy(each, candidate))
    if (roots.some(isIssuer)) return true
    level = [...rest].filter(isIssuer)
    for (const each of level) rest.delete(each)
  }
  return false
}

function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  return (
    algorithms.includes(certificate.signatureAlgorithm) &&
    certificate.x509.checkIssued(issuer.x509) &&
    certificate.x509.verify(issuer.x509.publicKey)
  )
}

/** `below`: how many authorities there are between the leaf and it. */
function isAuthority(certificate: Certificate, below: number, at: Date): boolean {
  const constraints = certificate.extensions.get(extensionIds.basicConstraints)
  if (constraints === undefined || flawOf(certificate, at) !== undefined) return false
  const [isCa, length] = readDerValues(readDer(constraints.value, derTags.sequence))
  if (isCa?.tag !== derTags.boolean || isCa.content[0] === 0) return false
  if (length !== undefined && Number(`0x${Buffer.from(length.content).toString('hex')}`) < below) return false
  return maySignCertificates(certificate)
}

/** keyCertSign is the sixth bit. */
function maySignCertificates({ extensions }: Certificate): boolean {
  const usage = extensions.get(extensionIds.keyUsage)
  return usage === undefined || ((readDer(usage.value, derTags.bits)[1] ?? 0) & 0x04) !== 0
}

/** What keeps it from being in a chain at all. */
function flawOf({ x509, extensions }: Certificate, at: Date): string | undefined {
  if (at < x509.validFromDate || at > x509.validToDate) {
    return `certificate has expired or is not yet valid: ${at.toISOString()} is not between ${x509.validFrom} and ${x509.validTo}`
  }
  const strange = [...extensions].find(
    ([id, { isCritical }]) => id === nameConstraints || (isCritical && !understood.includes(id)),
  )
  if (strange !== undefined) return `the extension ${strange[0]} is not understood`
  const usage = extensions.get(extensionIds.extendedKeyUsage)
  if (usage === undefined) return undefined
  const usages = readDerValues(readDer(usage.value, derTags.sequence)).map(({ content }) => readOid(content))
  return usages.some((id) => codeSigning.includes(id)) ? undefined : 'it is not for signing code'
}
