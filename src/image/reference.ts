// Image references, `[domain[:port]/]path[:tag][@digest]`, by the grammar of the distribution project. Only this file makes a
// Reference, and a Reference is always fully qualified: short names are resolved before (transport/registry/short-names.ts).

import { type Digest, isDigest } from '../base/digest.ts'
import { invalid } from '../base/errors.ts'

export interface Reference {
  readonly domain: string
  readonly path: string
  readonly tag?: string
  readonly digest?: Digest
}

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const domainPattern =
  /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::[0-9]+)?$/
const tagPattern = /^\w[\w.-]{0,127}$/
const maxNameLength = 255

/** What a user typed, taken apart but not completed: `domain` is undefined for a short name. */
export interface TypedReference {
  readonly domain: string | undefined
  readonly path: string
  readonly tag?: string
  readonly digest?: Digest
}

/**
 * Takes `text` apart. A first component without dot, colon or upper case that is not `localhost` is part of the path.
 * @throws invalid `reference-malformed`
 */
export function parseTypedReference(text: string): TypedReference {
  const { rest, digest } = cutDigest(text)
  const { name, tag } = cutTag(rest, text)
  const { domain, path } = cutDomain(name)
  checkName({ domain, path, text })
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
}

/**
 * A fully qualified reference from `text`; a name without a domain gets docker.io, as docker does.
 * Neither tag nor digest is added. @throws invalid `reference-malformed`
 */
export function parseReference(text: string): Reference {
  return qualify(parseTypedReference(text), 'docker.io')
}

/** Completes a short name with `domain`; docker.io's one-component names live below `library/`. */
export function qualify(typed: TypedReference, domain: string): Reference {
  const host = typed.domain ?? domain
  const canonical = host === 'index.docker.io' ? 'docker.io' : host
  const path = canonical === 'docker.io' && !typed.path.includes('/') ? `library/${typed.path}` : typed.path
  return { ...typed, domain: canonical, path }
}

/** `reference` with the tag `latest` where it has neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference
}

export function withoutTag(reference: Reference): Reference {
  const { tag: _tag, ...rest } = reference
  return rest
}

/** `domain/path`, without tag and digest. */
export function repositoryOf(reference: Reference): string {
  return `${reference.domain}/${reference.path}`
}

export function printReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`
  return `${repositoryOf(reference)}${tag}${digest}`
}

function cutDigest(text: string): { rest: string; digest: Digest | undefined } {
  const at = text.indexOf('@')
  if (at === -1) return { rest: text, digest: undefined }
  const digest = text.slice(at + 1)
  if (!isDigest(digest)) throw malformed(text)
  return { rest: text.slice(0, at), digest }
}

function cutTag(rest: string, text: string): { name: string; tag: string | undefined } {
  const colon = rest.lastIndexOf(':')
  if (colon === -1 || colon < rest.lastIndexOf('/') || rest.endsWith(']')) return { name: rest, tag: undefined }
  const tag = rest.slice(colon + 1)
  if (!tagPattern.test(tag)) throw malformed(text)
  return { name: rest.slice(0, colon), tag }
}

function cutDomain(name: string): { domain: string | undefined; path: string } {
  const slash = name.indexOf('/')
  if (slash === -1) return { domain: undefined, path: name }
  const first = name.slice(0, slash)
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  return isDomain ? { domain: first, path: name.slice(slash + 1) } : { domain: undefined, path: name }
}

function checkName(name: { domain: string | undefined; path: string; text: string }): void {
  if (name.domain !== undefined && !domainPattern.test(name.domain)) throw malformed(name.text)
  const length = name.path.length + (name.domain === undefined ? 0 : name.domain.length + 1)
  if (length > maxNameLength) throw malformed(name.text, `name longer than ${maxNameLength} characters`)
  if (!name.path.split('/').every((part) => component.test(part))) {
    const isLowerCaseFine = name.path
      .toLowerCase()
      .split('/')
      .every((part) => component.test(part))
    throw malformed(name.text, isLowerCaseFine ? 'repository name must be lowercase' : undefined)
  }
  if (name.domain === undefined && /^[0-9a-f]{64}$/.test(name.path)) {
    throw malformed(name.text, 'a 64-digit hexadecimal string is an id, not a name')
  }
}

function malformed(text: string, reason?: string) {
  const shown = text.length > 300 ? `${text.slice(0, 300)}…` : text
  return invalid(
    'reference-malformed',
    `invalid reference format${reason === undefined ? '' : `: ${reason}`}: '${shown}'`,
  )
}
