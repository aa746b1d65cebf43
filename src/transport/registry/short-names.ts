// Short names (containers-registries.conf(5)): `busybox` → the references it may stand for.

import { EngineError } from '../../base/errors.ts'
import { parseReference, qualify, type Reference, type TypedReference, withDefaultTag } from '../../image/reference.ts'
import { type Alias, type RegistriesConf, type RegistriesConfFiles, readRegistriesConf } from './registries-conf.ts'

/**
 * Where a local image of that short name may be called from, best first: domains, or (an alias) a whole repository.
 * Docker's own registry is always tried last, as docker would.
 */
export async function shortNameDomains(files: RegistriesConfFiles, typed: TypedReference): Promise<string[]> {
  const conf = await readRegistriesConf(files)
  const alias = aliasOf(conf, typed)
  const domains = ['localhost', ...conf.searchRegistries, 'docker.io']
  return [...new Set(alias === undefined ? domains : [alias.repository, ...domains])]
}

export interface PullCandidates {
  /** In order. */
  readonly references: readonly Reference[]
  /** What a short name became, in podman's words. */
  readonly why?: string
}

/**
 * What to try to pull; a full name is itself, with the tag latest where it says neither tag nor digest.
 * @throws invalid `short-name-unresolved`, `short-name-ambiguous`
 */
export function pullCandidates(conf: RegistriesConf, typed: TypedReference): PullCandidates {
  if (typed.domain !== undefined) return { references: [withDefaultTag(qualify(typed, typed.domain))] }
  const alias = aliasOf(conf, typed)
  if (alias !== undefined) {
    const reference = withDefaultTag(qualify({ ...typed, ...splitAlias(alias.repository) }, 'docker.io'))
    return { references: [reference], why: `Resolved "${spelled(typed)}" as an alias (${alias.path})` }
  }
  const registries = conf.searchRegistries
  if (registries.length === 0) throw unresolved(conf, typed)
  if (registries.length > 1 && conf.shortNameMode === 'enforcing') throw ambiguous(registries, typed)
  return {
    references: registries.map((domain) => withDefaultTag(qualify(typed, domain))),
    why: `Resolving "${spelled(typed)}" using unqualified-search registries (${conf.path})`,
  }
}

function aliasOf(conf: RegistriesConf, typed: TypedReference): Alias | undefined {
  const alias = conf.shortNameMode === 'disabled' ? undefined : conf.aliases.get(typed.path)
  return alias?.repository === '' ? undefined : alias
}

function spelled({ path, tag, digest }: TypedReference): string {
  return `${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
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
    message: 'short-name resolution enforced but cannot prompt without a TTY',
    hint: `"${typed.path}" may be in ${registries.join(', ')}. Name it in full, for example ${registries[0]}/${typed.path}.`,
  })
}
