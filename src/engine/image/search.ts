// Repositories of registries by a word, and the tags of one.

import { EngineError, errorMessage, invalid } from '../../base/errors.ts'
import { parseReference, repositoryOf } from '../../image/reference.ts'
import { type FoundRepository, searchRegistry } from '../../transport/registry/catalog.ts'
import { listTags } from '../../transport/registry/tags.ts'
import type { Engine } from '../engine.ts'
import { openRegistrySession, type RegistryAccess, type RegistrySession } from './registry-session.ts'

export interface SearchOptions extends RegistryAccess {
  /** In each registry; 25 unless said. */
  readonly limit?: number
  readonly filter: SearchFilter
}

export interface SearchFilter {
  readonly leastStars: number
  readonly isOfficial?: boolean
  readonly isAutomated?: boolean
}

export interface SearchResult extends FoundRepository {
  /** The registry that was asked. */
  readonly index: string
}

const defaultLimit = 25

/**
 * `[registry/]word`; without a registry, those where short names are looked for. One that answers makes up for those that do not.
 * @throws denied; unavailable; not-found `catalog-unknown`
 */
export async function search(engine: Engine, text: string, options: SearchOptions): Promise<SearchResult[]> {
  await using session = await openRegistrySession(engine, options)
  const slash = text.indexOf('/')
  const registries = slash === -1 ? session.conf.searchRegistries : [text.slice(0, slash)]
  const term = text.slice(slash + 1)
  if (registries.length === 0) {
    engine.report({ type: 'warning', message: `'${text}' names no registry, and ${session.conf.path} none to search` })
  }
  const answers = await Promise.allSettled(
    registries.map(async (index) => searchOne(session, { index, term }, options)),
  )
  const results = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
  engine.signal.throwIfAborted()
  if (results.length > 0 || failures.length === 0) return results
  throw failures.length === 1 ? failures[0] : together(failures)
}

/** @throws not-found `repository-unknown`; invalid `reference-malformed` */
export async function searchTags(engine: Engine, text: string, options: SearchOptions): Promise<Tag[]> {
  const { index, name, tags } = await listRepository(engine, text, options)
  return tags.slice(0, options.limit ?? defaultLimit).map((tag) => ({ index, name, tag }))
}

export interface Repository {
  readonly index: string
  readonly name: string
  readonly tags: readonly string[]
}

/** As searchTags. */
export async function listRepository(engine: Engine, text: string, access: RegistryAccess): Promise<Repository> {
  const { tag: _tag, digest: _digest, ...repository } = parseReference(text.replace(/^docker:\/\//, ''))
  await using session = await openRegistrySession(engine, access)
  const isAskedOnce = access.retry?.retries === undefined
  const { registry, reference } = await session.open(session.destination(repository), { isAskedOnce })
  const tags = await listTags(registry, reference)
  return { index: repository.domain, name: repositoryOf(repository), tags }
}

export interface Tag {
  readonly index: string
  readonly name: string
  readonly tag: string
}

async function searchOne(
  session: RegistrySession,
  on: { index: string; term: string },
  { limit = defaultLimit, filter }: SearchOptions,
): Promise<SearchResult[]> {
  const isDocker = on.index === 'docker.io'
  try {
    const endpoint = session.destination({ domain: on.index, path: '' })
    // docker.io's search is on another host than its images, and takes its own images' names bare.
    const reference = isDocker ? { domain: 'index.docker.io', path: '' } : endpoint.reference
    const { registry } = await session.open({ ...endpoint, reference, isElsewhere: false }, { isAskedOnce: true })
    const term = isDocker ? on.term.replace(/^library\//, '') : on.term
    const found = await searchRegistry(registry, { term, limit })
    return found
      .slice(0, limit)
      .filter((one) => matches(one, filter))
      .map((one) => ({ ...one, index: on.index, name: fullName(on.index, one.name) }))
  } catch (error) {
    const known = error instanceof EngineError ? error : undefined
    throw new EngineError({
      kind: known?.kind ?? 'internal',
      code: known?.code ?? 'search-failed',
      message: `couldn't search registry "${on.index}": ${errorMessage(error)}`,
      cause: error,
      ...(known?.hint === undefined ? {} : { hint: known.hint }),
    })
  }
}

function fullName(index: string, name: string): string {
  return index === 'docker.io' && !name.includes('/') ? `${index}/library/${name}` : `${index}/${name}`
}

function matches(found: FoundRepository, { leastStars, isOfficial, isAutomated }: SearchFilter): boolean {
  if (found.stars < leastStars) return false
  if (isOfficial !== undefined && found.isOfficial !== isOfficial) return false
  return isAutomated === undefined || found.isAutomated === isAutomated
}

/** `stars=N`, `is-official[=false]`, `is-automated[=false]`. @throws invalid `filter-invalid` */
export function parseSearchFilter(texts: readonly string[]): SearchFilter {
  let filter: SearchFilter = { leastStars: 0 }
  for (const text of texts) {
    const [name = '', value] = text.split('=', 2)
    if (name === 'stars') filter = { ...filter, leastStars: parseStars(value) }
    else if (name === 'is-official') filter = { ...filter, isOfficial: value !== 'false' }
    else if (name === 'is-automated') filter = { ...filter, isAutomated: value !== 'false' }
    else
      throw invalid('filter-invalid', `invalid filter type ${JSON.stringify(text)}: stars, is-official or is-automated`)
  }
  return filter
}

function parseStars(value: string | undefined): number {
  if (value !== undefined && /^\d+$/.test(value)) return Number(value)
  throw invalid('filter-invalid', 'incorrect value type for stars filter: it is a number')
}

function together(failures: readonly unknown[]): EngineError {
  const lines = failures.map((failure) => `\n * ${errorMessage(failure)}`).join('')
  const [first] = failures
  const kind = first instanceof EngineError ? first.kind : 'internal'
  return new EngineError({
    kind,
    code: 'search-failed',
    message: `${failures.length} errors occurred:${lines}`,
    cause: first,
  })
}
