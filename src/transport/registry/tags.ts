// The tags of a repository, page by page.

import { EngineError } from '../../base/errors.ts'
import { parseBoundedJson } from '../../image/bounded-json.ts'
import { type Reference, repositoryOf } from '../../image/reference.ts'
import type { Registry } from './client.ts'
import { nextPage } from './next-page.ts'
import { readCapped } from './token.ts'

const maxPageBytes = 4 * 1024 * 1024
const maxPages = 200

/** @throws not-found `repository-unknown` */
export async function listTags(registry: Registry, reference: Reference): Promise<string[]> {
  const tags: string[] = []
  let path: string | undefined = `/v2/${reference.path}/tags/list?n=1000`
  for (let page = 0; path !== undefined && page < maxPages; page++) {
    const what = `tags of ${repositoryOf(reference)}`
    const response = await registry.send({ path, scope: `repository:${reference.path}:pull`, what })
    if (response.status !== 200) {
      await response.discard()
      throw unknown(reference)
    }
    const answer = parseBoundedJson(await readCapped(response.body, maxPageBytes), { what, maxBytes: maxPageBytes })
    const list = Array.isArray(answer['tags']) ? answer['tags'] : []
    tags.push(...list.filter((tag): tag is string => typeof tag === 'string' && /^\w[\w.-]{0,127}$/.test(tag)))
    path = nextPage(response.header('link'), path)
  }
  return tags
}

function unknown(reference: Reference): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'repository-unknown',
    message: `${reference.domain} has no repository '${reference.path}'`,
  })
}
