// search: what registries have.

import { invalid } from '../../../base/errors.ts'
import type { SearchResult, Tag } from '../../../engine/image/search.ts'
import { defineCommand } from '../../command.ts'
import { registryOptions, toRegistryAccess } from '../../options/registry-access.ts'
import { printJson } from '../../render/print.ts'
import { isJsonFormat, printRows } from '../../render/template.ts'

const { authfile, 'cert-dir': certDir, creds, retry, 'tls-verify': tlsVerify } = registryOptions

export default defineCommand({
  options: {
    authfile,
    'cert-dir': certDir,
    compatible: { type: 'boolean', describe: 'List stars, official and automated columns (Docker compatibility)' },
    creds,
    filter: {
      type: 'strings',
      short: 'f',
      value: 'filter',
      describe: 'Show only those that match: stars=N, is-official, is-automated',
    },
    format: {
      type: 'string',
      describe: 'Format the output as JSON or by a Go template',
      complete: 'none',
      fields: 'Index Name Description Stars Official Automated',
    },
    limit: { type: 'number', value: 'int', describe: 'Limit the number of results of each registry (default: 25)' },
    'list-tags': { type: 'boolean', describe: 'List the tags of the input repository' },
    'no-trunc': { type: 'boolean', describe: 'Do not truncate the output' },
    'tls-verify': tlsVerify,
  },
  positionals: [{ name: 'term', complete: 'none' }],
  description: 'Asks the registry that the term begins with, or else those where short names are looked for.',
  examples: [
    'gantry search docker.io/alpine --filter is-official --limit 3',
    'gantry search registry.example.org/',
    'gantry search --list-tags quay.io/podman/stable',
  ],
  async run(open, invocation) {
    const { options, args } = invocation
    const [term = ''] = args
    const limit = toLimit(options.limit)
    if (options['list-tags'] && options.filter.length > 0) {
      throw invalid('flags-conflict', 'filters are not applicable to list tags result')
    }
    const absent = { retry: retry.default, 'retry-delay': undefined, 'signature-policy': undefined }
    const access = toRegistryAccess({ ...invocation, options: { ...options, ...absent } })
    const { parseSearchFilter, search, searchTags } = await import('../../../engine/image/search.ts')
    const wanted = { ...access, filter: parseSearchFilter(options.filter), ...(limit === undefined ? {} : { limit }) }
    const engine = await open()
    if (options['list-tags']) printTags(await searchTags(engine, term, wanted), options.format)
    else printResults(await search(engine, term, wanted), options)
    return 0
  },
})

function toLimit(limit: number | undefined): number | undefined {
  if (limit === undefined || limit === 0) return undefined
  if (Number.isInteger(limit) && limit > 0) return limit
  throw invalid('flag-invalid', `--limit ${limit}: it counts results`)
}

function printTags(tags: readonly Tag[], format: string | undefined): void {
  if (tags.length === 0) return
  if (format !== undefined && isJsonFormat(format)) {
    return printJson([{ Name: tags[0]?.name, Tags: tags.map(({ tag }) => tag) }])
  }
  const rows = tags.map(({ index, name, tag }) => ({ Index: index, Name: name, Tag: tag }))
  printRows({ name: 'search', format: format ?? 'table {{.Name}}\t{{.Tag}}', rows, headings: {} })
}

interface Shown {
  readonly format: string | undefined
  readonly compatible: boolean
  readonly 'no-trunc': boolean
}

function printResults(results: readonly SearchResult[], shown: Shown): void {
  if (results.length === 0) return
  const { format, compatible } = shown
  const isJson = format !== undefined && isJsonFormat(format)
  const rows = results.map((result) => row(result, shown['no-trunc'] || isJson))
  if (isJson) return printJson(rows)
  const columns = `table {{.Name}}\t{{.Description}}${compatible ? '\t{{.Stars}}\t{{.Official}}\t{{.Automated}}' : ''}`
  printRows({ name: 'search', format: format ?? columns, rows, headings: {} })
}

const shownLength = 44

function row({ index, name, description, ...result }: SearchResult, isWhole: boolean) {
  const isLong = description.length > shownLength && !isWhole
  return {
    Index: index,
    Name: name,
    Description: isLong ? `${description.slice(0, shownLength).trim()}...` : description,
    Stars: result.stars,
    Official: result.isOfficial ? '[OK]' : '',
    Automated: result.isAutomated ? '[OK]' : '',
    Tag: '',
  }
}
