// Where a reference is really read from: mirrors first, then the location that registries.conf gives its prefix.

import { EngineError } from '../../base/errors.ts'
import { parseReference, printReference, type Reference, repositoryOf } from '../../image/reference.ts'
import type { RegistriesConf } from './registries-conf.ts'
import type { Mirror, RegistryEntry } from './registries-conf-entry.ts'

export interface Endpoint {
  /** Rewritten: names the repository as this endpoint knows it. */
  readonly reference: Reference
  readonly isInsecure: boolean
  /** Asked over plain HTTP when it does not speak TLS. A certificate is checked all the same, unless it is insecure. */
  readonly mayBePlain: boolean
  /** On another host than the one that was asked for: credentials that were given for that one must not go there. */
  readonly isElsewhere: boolean
}

/** At least one. @throws denied `registry-blocked` */
export function endpointsFor(conf: RegistriesConf, reference: Reference): Endpoint[] {
  const entry = entryFor(conf, reference)
  if (entry?.isBlocked) {
    throw new EngineError({
      kind: 'denied',
      code: 'registry-blocked',
      message: `registry ${entry.prefix} is blocked in ${conf.path} or a file beside it`,
    })
  }
  if (entry === undefined) {
    return [{ reference, isInsecure: false, mayBePlain: isLoopback(reference.domain), isElsewhere: false }]
  }
  const mirrors = entry.mirrors.filter((mirror) => isMirrorFor(mirror, entry, reference))
  return [...mirrors, { location: entry.location, isInsecure: entry.isInsecure }].map((place) => {
    const rewritten = rewrite(reference, entry, place.location)
    return {
      reference: rewritten,
      isInsecure: place.isInsecure,
      mayBePlain: place.isInsecure || isLoopback(rewritten.domain),
      isElsewhere: rewritten.domain !== reference.domain,
    }
  })
}

/** A registry on this machine may be asked over plain HTTP: nobody is in between. */
export function isLoopback(domain: string): boolean {
  const host = domain.replace(/:\d+$/, '')
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** The longest prefix wins. */
function entryFor(conf: RegistriesConf, reference: Reference): RegistryEntry | undefined {
  const name = printReference(reference)
  const matching = conf.registries.filter((entry) => matchLength(entry.prefix, name) > 0)
  return matching.sort((a, b) => b.prefix.length - a.prefix.length)[0]
}

/** Length of what of `name` the prefix stands for, 0 if it does not match. */
function matchLength(prefix: string, name: string): number {
  if (prefix.startsWith('*.')) {
    const host = name.slice(0, name.search(/[/:@]/))
    return host.endsWith(prefix.slice(1)) ? host.length : 0
  }
  if (!name.startsWith(prefix)) return 0
  const next = name[prefix.length]
  return next === undefined || '/:@'.includes(next) ? prefix.length : 0
}

function rewrite(reference: Reference, entry: RegistryEntry, location: string): Reference {
  // A registry as such, that somebody logs in to, is where its name says.
  if (location === '' || reference.path === '') return reference
  const name = repositoryOf(reference)
  const rest = name.slice(Math.min(matchLength(entry.prefix, printReference(reference)), name.length))
  const target = parseReference(`${location}${rest}`)
  const { tag, digest } = reference
  return {
    ...target,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

function isMirrorFor(mirror: Mirror, entry: RegistryEntry, reference: Reference): boolean {
  const isDigest = reference.digest !== undefined
  if (entry.areMirrorsForDigestsOnly && !isDigest) return false
  return mirror.pulls === 'all' || (mirror.pulls === 'digest-only') === isDigest
}
