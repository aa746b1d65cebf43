// images, image list: what is in the store. The default table needs no template engine.

import { EngineError, invalid } from '../../../base/errors.ts'
import { alignTabs } from '../../../base/tabwriter.ts'
import { defineCommand, defineOptions, type Options } from '../../command.ts'
import { isDocker } from '../../dialect.ts'
import { agoText } from '../../render/container-row.ts'
import { createdSeconds, historyText, type ImageRow, idText, rowsOf, sizeText } from '../../render/image-rows.ts'
import { print, printLine } from '../../render/print.ts'

const sortFields = ['created', 'id', 'repository', 'size', 'tag'] as const

const options = defineOptions({
  all: {
    type: 'boolean',
    short: 'a',
    describe: 'Show all images: there are no intermediate ones that would be hidden',
  },
  digests: { type: 'boolean', describe: 'Show digests' },
  filter: {
    type: 'strings',
    short: 'f',
    value: 'stringArray',
    describe: 'Filter output based on conditions provided',
    complete: 'none',
  },
  format: {
    type: 'string',
    describe: 'Change the output format to JSON or a Go template',
    complete: 'none',
    fields:
      'Repository Tag ID Id ParentId RepoTags RepoDigests Created CreatedAt CreatedSince CreatedTime Size ' +
      'SharedSize VirtualSize Labels Containers ReadOnly IsReadOnly Dangling IsDangling Digest History ' +
      'Names Arch Os',
  },
  history: { type: 'boolean', describe: 'Display the image name history' },
  'no-trunc': { type: 'boolean', describe: 'Do not truncate output' },
  noheading: { type: 'boolean', short: 'n', describe: 'Do not print column headings' },
  quiet: { type: 'boolean', short: 'q', describe: 'Display only image IDs' },
  sort: { type: 'string', describe: `Sort by ${sortFields.join(', ')}`, default: 'created', complete: 'none' },
})

type ListOptions = Options<typeof options>

export default defineCommand({
  options,
  positionals: [{ name: 'image', isOptional: true, complete: 'image' }],
  description: 'Lists images previously pulled to the system or created on the system.',
  examples: [
    'gantry images --format json',
    'gantry images --sort repository --format "table {{.ID}} {{.Repository}} {{.Tag}}"',
    'gantry images --filter dangling=true',
  ],
  async run(open, { options: given, args, path }) {
    const [image] = args
    if (image !== undefined && given.filter.length > 0) {
      throw invalid('arguments-invalid', 'cannot specify an image and a filter(s)')
    }
    const key = sortKey(given.sort)
    const [engine, { listImageSummaries }] = await Promise.all([open(), import('../../../engine/image/list.ts')])
    const filters = image === undefined ? given.filter : [`reference=${image}`]
    const images = await listImageSummaries(engine, { filters })
    await render(images.flatMap(rowsOf).sort(by(key)), given, path.at(-1) as string)
    return 0
  },
})

type SortKey = (typeof sortFields)[number]

function sortKey(text: string): SortKey {
  const key = sortFields.find((field) => field === text)
  if (key !== undefined) return key
  throw new EngineError({
    kind: 'invalid',
    code: 'arguments-invalid',
    message: `"${text}" is not a valid field for sorting. Choose from: ${sortFields.join(', ')}`,
  })
}

/** Newest first, everything else ascending; names decide between equals. */
function by(key: SortKey): (a: ImageRow, b: ImageRow) => number {
  const keys: Record<SortKey, (row: ImageRow) => string | number> = {
    created: (row) => -createdSeconds(row),
    id: ({ image }) => image.record.id,
    repository: ({ repository }) => repository,
    size: ({ image }) => image.record.sizeBytes,
    tag: ({ tag }) => tag,
  }
  const order = [keys[key], keys.repository, keys.tag]
  return (a, b) => {
    const first = order.find((read) => read(a) !== read(b))
    return first === undefined ? 0 : first(a) < first(b) ? -1 : 1
  }
}

async function render(rows: readonly ImageRow[], given: ListOptions, name: string): Promise<void> {
  const { format } = given
  const isWhole = given['no-trunc']
  if (format !== undefined && (await printJsonFor(format, rows, given))) return
  if (given.quiet) for (const id of new Set(rows.map((row) => idText(row, isWhole)))) printLine(id)
  else if (format === undefined) renderTable(rows, given)
  else {
    const [{ printRows }, { imageHeadings, templateRow }] = await Promise.all([
      import('../../render/template.ts'),
      import('../../render/image-template.ts'),
    ])
    printRows({
      name,
      format,
      rows: rows.map((row) => templateRow(row, { isWhole })),
      headings: imageHeadings,
      isHeadingHidden: given.noheading,
    })
  }
}

async function printJsonFor(format: string, rows: readonly ImageRow[], given: ListOptions): Promise<boolean> {
  const { isJsonList } = await import('../../render/template.ts')
  if (!isJsonList(format)) return false
  const { jsonRow, templateRow } = await import('../../render/image-template.ts')
  if (isDocker()) {
    const { printDockerRows } = await import('../../render/docker-rows.ts')
    printDockerRows(
      'images',
      rows.map((row) => templateRow(row, { isWhole: given['no-trunc'] })),
    )
  } else printLine(JSON.stringify(rows.map(jsonRow), undefined, 4))
  return true
}

type Column = readonly [heading: string, text: (row: ImageRow) => string]

function renderTable(rows: readonly ImageRow[], given: ListOptions): void {
  const columns: Column[] = [
    ['REPOSITORY', ({ repository }) => repository],
    ['TAG', ({ tag }) => tag],
    ...(given.digests ? [['DIGEST', ({ image }) => image.record.manifestDigest] satisfies Column] : []),
    ['IMAGE ID', (row) => idText(row, given['no-trunc'])],
    ['CREATED', ({ image }) => agoText(image.record.createdAt)],
    ['SIZE', sizeText],
    ...(given.history ? [['HISTORY', (row) => historyText(row) || '<none>'] satisfies Column] : []),
  ]
  const headings = given.noheading ? [] : [columns.map(([heading]) => heading)]
  const lines = [...headings, ...rows.map((row) => columns.map(([, text]) => text(row)))]
  print(alignTabs(lines.map((line) => `${line.join('\t')}\n`).join('')))
}
