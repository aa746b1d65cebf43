// Short names (containers-registries.conf(5)): `busybox` → the references it may stand for.

import { EngineError } from '../../base/errors.ts'
import { parseReference, qualify, type Reference, type TypedReference, withDefaultTag } from '../../image/reference.ts'
import { type RegistriesConf, readRegistriesConf } from './registries-conf.ts'

/**
 * Where a local image of that short name may be called from, best first: domains, or (an alias) a whole repository.
 * Docker's own registry is always tried last, as docker would.
 */
export async function shortNameDomains(files: readonly string[], typed: TypedReference): Promise<string[]> {
  const conf = await readRegistriesConf(files)
  const alias = aliasOf(conf, typed)
  const domains = ['localhost', ...conf.searchRegistries, 'docker.io']
  return [...new Set(alias === undefined ? domains : [alias, ...domains])]
}

/**
 * What to try to pull, in order; a full name is itself, with the tag latest where it says neither tag nor digest.
 * @throws invalid `short-name-unresolved`, `short-name-ambiguous`
 */
export function pullCandidates(conf: RegistriesConf, typed: TypedReference): Reference[] {
  if (typed.domain !== undefined) return [withDefaultTag(qualify(typed, typed.domain))]
  const alias = aliasOf(conf, typed)
  if (alias !== undefined) return [withDefaultTag(qualify({ ...typed, ...splitAlias(alias) }, 'docker.io'))]
  const registries = conf.searchRegistries
  if (registries.length === 0) throw unresolved(conf, typed)
  if (registries.length > 1 && conf.shortNameMode === 'enforcing') throw ambiguous(registries, typed)
  return registries.map((domain) => withDefaultTag(qualify(typed, domain)))
}

/** podman's word on how pullCandidates went; undefined for a full name. */
export function resolutionNote(conf: RegistriesConf, typed: TypedReference): string | undefined {
  if (typed.domain !== undefined) return undefined
  const name = JSON.stringify(typed.path)
  return aliasOf(conf, typed) === undefined
    ? `Resolving ${name} using unqualified-search registries (${conf.path})`
    : `Resolved ${name} as an alias (${conf.path})`
}

function aliasOf(conf: RegistriesConf, typed: TypedReference): string | undefined {
  return conf.shortNameMode === 'disabled' ? undefined : conf.aliases.get(typed.path)
}

function splitAlias(alias: string): { domain: string; path: string } {
  const { domain, path } = parseReference(alias)
  return { domain, path }
}

function unresolved(conf: RegistriesConf, typed: TypedReference): EngineError {
  const name = typed.path
  return new EngineError({
    kind: 'invalid',
    code: 'short-name-unresolved',
    message: `short-name "${name}" did not resolve to an alias and no unqualified-search registries are defined in "${conf.path}"`,
    hint: `Name it in full, as docker.io/library/${name}, or add to ${conf.path}: unqualified-search-registries = ["docker.io"]`,
  })
}

function ambiguous(registries: readonly string[], typed: TypedReference): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'short-name-ambiguous',
    message: `short-name resolution enforced but "${typed.path}" may be in ${registries.join(', ')}`,
    hint: `Name it in full, for example ${registries[0]}/${typed.path}.`,
  })
}
