// What a registry has, by a word: the search of version 1 of the protocol, which docker.io has, else the catalogue of version 2.

import { EngineError } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import { isObject, parseBoundedJson } from '../../image/bounded-json.ts'
import type { Registry } from './client.ts'
import { nextPage } from './next-page.ts'
import { readCapped } from './token.ts'

export interface FoundRepository {
  /** As the registry calls it: `library/busybox`. */
  readonly name: string
  readonly description: string
  readonly stars: number
  readonly isOfficial: boolean
  readonly isAutomated: boolean
}

export interface SearchRequest {
  /** Empty for everything that there is. */
  readonly term: string
  readonly limit: number
}

const maxPageBytes = 4 * 1024 * 1024
const maxPages = 200

/** @throws denied; unavailable; not-found `catalog-unknown` */
export async function searchRegistry(registry: Registry, request: SearchRequest): Promise<FoundRepository[]> {
  const found = request.term === '' ? undefined : await searchByWord(registry, request)
  return found ?? (await searchCatalog(registry, request))
}

/** undefined where the registry does not know this search. */
async function searchByWord(
  registry: Registry,
  { term, limit }: SearchRequest,
): Promise<FoundRepository[] | undefined> {
  const path = `/v1/search?q=${encodeURIComponent(term)}&n=${limit}`
  try {
    const response = await registry.sendOnce({ path, scope: '', what: `search for '${term}'` })
    if (response.status !== 200) {
      await response.discard()
      return undefined
    }
    const { results } = parseBoundedJson(await readCapped(response.body, maxPageBytes), page)
    return Array.isArray(results) ? results.filter(isObject).map(readResult) : undefined
  } catch (error) {
    logDebug(`${registry.host} has no search: ${error instanceof Error ? error.message : ''}`)
    return undefined
  }
}

async function searchCatalog(registry: Registry, { term, limit }: SearchRequest): Promise<FoundRepository[]> {
  const names: string[] = []
  let path: string | undefined = '/v2/_catalog'
  for (let count = 0; path !== undefined && names.length < limit && count < maxPages; count++) {
    const response = await registry.send({ path, scope: 'registry:catalog:*', what: `catalog of ${registry.host}` })
    if (response.status !== 200) {
      await response.discard()
      throw noCatalog(registry.host)
    }
    const { repositories } = parseBoundedJson(await readCapped(response.body, maxPageBytes), page)
    const all = Array.isArray(repositories) ? repositories.filter((name) => typeof name === 'string') : []
    names.push(...all.filter((name) => name.includes(term)))
    path = nextPage(response.header('link'), path)
  }
  // What is meant exactly comes first.
  const sorted = names.includes(term) ? [term, ...names.filter((name) => name !== term)] : names
  return sorted.slice(0, limit).map((name) => readResult({ name }))
}

const page = { what: 'list of repositories', maxBytes: maxPageBytes }

function readResult(result: Readonly<Record<string, unknown>>): FoundRepository {
  const { name, description, star_count: stars, is_official: isOfficial, is_automated: isAutomated } = result
  return {
    name: plain(name),
    description: plain(description),
    stars: typeof stars === 'number' ? stars : 0,
    isOfficial: isOfficial === true,
    isAutomated: isAutomated === true,
  }
}

/** It goes to a terminal: no control characters from strangers. */
function plain(value: unknown): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is searched for.
  return typeof value === 'string' ? value.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ') : ''
}

function noCatalog(host: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'catalog-unknown',
    message: `${host} lists no repositories`,
    hint: 'If you know the name of one: search --list-tags',
  })
}
