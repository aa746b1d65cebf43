// signedIdentity of containers-policy.json(5): which name a signature must be for, seen from the name that the user asked for.

import {
  parseReference,
  parseTypedReference,
  printReference,
  type Reference,
  repositoryOf,
} from '../image/reference.ts'
import { malformed, readSection, requiredTextAt, type Section } from './policy-section.ts'

export type SignedIdentity =
  | { readonly type: 'matchExact' | 'matchRepoDigestOrExact' | 'matchRepository' }
  | { readonly type: 'exactReference'; readonly reference: Reference }
  | { readonly type: 'exactRepository'; readonly repository: string }
  | { readonly type: 'remapIdentity'; readonly prefix: string; readonly signedPrefix: string }

export const defaultIdentity: SignedIdentity = { type: 'matchRepoDigestOrExact' }

/** @throws invalid `policy-malformed` */
export function parseSignedIdentity(value: unknown, place: string): SignedIdentity {
  const known = ['type', 'dockerReference', 'dockerRepository', 'prefix', 'signedPrefix']
  const type = requiredTextAt(readSection(value, place, known), 'type')
  const only = (...keys: string[]) => readSection(value, place, ['type', ...keys])
  switch (type) {
    case 'matchExact':
    case 'matchRepoDigestOrExact':
    case 'matchRepository':
      only()
      return { type }
    case 'exactReference':
      return { type, reference: exactReference(only('dockerReference')) }
    case 'exactRepository':
      return { type, repository: repositoryOf(referenceAt(only('dockerRepository'), 'dockerRepository')) }
    case 'remapIdentity': {
      const section = only('prefix', 'signedPrefix')
      return { type, prefix: prefixAt(section, 'prefix'), signedPrefix: prefixAt(section, 'signedPrefix') }
    }
    default:
      throw malformed(place, `unknown policy reference match type "${type.slice(0, 100)}"`)
  }
}

/**
 * Whether a signature for the name `signed` counts for the image that was asked for as `intended`: undefined where it was not found by a
 * name, with either a tag or a digest. That the signature is for the image's digest is another question.
 */
export function isIdentityAccepted(identity: SignedIdentity, intended: Reference | undefined, signed: string): boolean {
  const claimed = parsed(signed)
  if (claimed === undefined) return false
  if (identity.type === 'exactReference') return isSame(identity.reference, claimed)
  if (identity.type === 'exactRepository') return identity.repository === repositoryOf(claimed)
  return intended !== undefined && isIntended(identity, intended, claimed)
}

type RelativeIdentity = Exclude<SignedIdentity, { type: 'exactReference' | 'exactRepository' }>

function isIntended(identity: RelativeIdentity, intended: Reference, claimed: Reference): boolean {
  switch (identity.type) {
    case 'matchRepository':
      return repositoryOf(intended) === repositoryOf(claimed)
    case 'matchExact':
      return isSame(intended, claimed)
    case 'matchRepoDigestOrExact':
      return isRepoDigestOrExact(intended, claimed)
    case 'remapIdentity': {
      const remapped = remap(identity, intended)
      return remapped !== undefined && isRepoDigestOrExact(remapped, claimed)
    }
  }
}

/** Tagged names must be the same to the letter; of a name by digest only the repository must be. */
function isRepoDigestOrExact(intended: Reference, claimed: Reference): boolean {
  if (isNameOnly(claimed)) return false
  if (intended.tag !== undefined) return isSame(intended, claimed)
  return intended.digest !== undefined && repositoryOf(intended) === repositoryOf(claimed)
}

function isSame(intended: Reference, claimed: Reference): boolean {
  return !isNameOnly(intended) && !isNameOnly(claimed) && printReference(intended) === printReference(claimed)
}

function isNameOnly({ tag, digest }: Reference): boolean {
  return tag === undefined && digest === undefined
}

/** The name with the prefix replaced, or as it is where it has another. undefined for what is no name then. */
function remap(
  { prefix, signedPrefix }: { readonly prefix: string; readonly signedPrefix: string },
  intended: Reference,
): Reference | undefined {
  const name = repositoryOf(intended)
  if (name !== prefix && !name.startsWith(`${prefix}/`)) return intended
  const full = `${signedPrefix}${printReference(intended).slice(prefix.length)}`
  const reference = parsed(full)
  return reference === undefined || printReference(reference) !== full ? undefined : reference
}

function parsed(text: string): Reference | undefined {
  try {
    return parseReference(text)
  } catch {
    return undefined
  }
}

function exactReference(section: Section): Reference {
  const reference = referenceAt(section, 'dockerReference')
  if (isNameOnly(reference)) throw malformed(`${section.place}.dockerReference`, 'it has neither a tag nor a digest')
  return reference
}

function referenceAt(section: Section, key: string): Reference {
  const text = requiredTextAt(section, key)
  const reference = parsed(text)
  if (reference === undefined) throw malformed(`${section.place}.${key}`, `invalid reference format: "${text}"`)
  return reference
}

/** A host, or a name that begins with one; neither tag nor digest. */
function prefixAt(section: Section, key: string): string {
  const text = requiredTextAt(section, key)
  const { domain, tag, digest } = typed(`${text}/x`) ?? {}
  if (domain !== undefined && tag === undefined && digest === undefined) return text
  throw malformed(`${section.place}.${key}`, `"${text}" begins with no registry, or has a tag`)
}

function typed(text: string) {
  try {
    return parseTypedReference(text)
  } catch {
    return undefined
  }
}
