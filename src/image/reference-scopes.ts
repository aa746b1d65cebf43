// The scopes that a reference is in, for files that configure by scope: policy.json and registries.d.

import { printReference, type Reference, repositoryOf, withoutTag } from './reference.ts'

/** Narrowest first: the name itself, its repository, the namespaces above, the host, the domains above as `*.example.com`. */
export function referenceScopes(reference: Reference): string[] {
  const scopes = [printReference(exactName(reference)), repositoryOf(reference)]
  for (let name = repositoryOf(reference); name.includes('/'); ) {
    name = name.slice(0, name.lastIndexOf('/'))
    scopes.push(name)
  }
  const labels = reference.domain.replace(/:\d+$/, '').split('.')
  for (let at = 1; at < labels.length; at++) scopes.push(`*.${labels.slice(at).join('.')}`)
  return scopes
}

/** Of a name with both a tag and a digest, the digest counts. */
export function exactName(reference: Reference): Reference {
  return reference.digest === undefined ? reference : withoutTag(reference)
}
