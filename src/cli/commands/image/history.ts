// history, image history: the steps that made an image, newest first.

import { goStruct } from '../../../base/go-value.ts'
import { humanSize } from '../../../base/size.ts'
import { alignTabs } from '../../../base/tabwriter.ts'
import type { HistoryLayer } from '../../../engine/image/history.ts'
import { defineCommand, defineOptions, type Options } from '../../command.ts'
import { agoText } from '../../render/container-row.ts'
import { print, printLine } from '../../render/print.ts'

const options = defineOptions({
  format: {
    type: 'string',
    describe: 'Change the output to JSON or a Go template',
    complete: 'none',
    fields: 'ID Created CreatedBy Size Comment Tags CreatedAt CreatedSince',
  },
  human: { type: 'boolean', short: 'H', describe: 'Display sizes and dates in human readable format', default: true },
  'no-trunc': { type: 'boolean', aliases: ['notruncate'], describe: 'Do not truncate the output' },
  quiet: { type: 'boolean', short: 'q', describe: 'Display the numeric IDs only' },
})

type HistoryOptions = Options<typeof options>

export default defineCommand({
  options,
  positionals: [{ name: 'image', complete: 'image' }],
  description: 'The information can be printed out in an easy to read, or user specified format, and can be truncated.',
  examples: ['gantry history busybox', "gantry history --format '{{.ID}} {{.CreatedBy}}' --no-trunc busybox"],
  async run(open, { options: given, args, path }) {
    const [engine, { history }] = await Promise.all([open(), import('../../../engine/image/history.ts')])
    const layers = await history(engine, args[0] as string)
    await render(layers, given, path.at(-1) as string)
    return 0
  },
})

async function render(layers: readonly HistoryLayer[], given: HistoryOptions, name: string): Promise<void> {
  const { format } = given
  const rows = layers.map((layer) => templateRow(layer, given))
  if (format === undefined || given.quiet) return given.quiet ? printIds(rows) : printTable(rows)
  const { isJsonFormat, printRows } = await import('../../render/template.ts')
  if (isJsonFormat(format)) printLine(JSON.stringify(layers.map(jsonRow)))
  else printRows({ name, format, rows, headings: {} })
}

function templateRow(layer: HistoryLayer, given: HistoryOptions) {
  const { id, createdBy, created } = layer
  const isWhole = given['no-trunc']
  const shown = given.human ? agoText(created) : withoutFraction(created)
  return goStruct('images.historyReporter', {
    ID: isWhole ? id : id.slice(0, 12),
    Created: shown,
    CreatedBy: isWhole || createdBy.length <= 45 ? createdBy : `${createdBy.slice(0, 42)}...`,
    Size: humanSize(layer.sizeBytes, 3),
    Comment: layer.comment,
    Tags: layer.tags,
    CreatedAt: localTime(created),
    CreatedSince: shown,
  })
}

type Row = ReturnType<typeof templateRow>

function printIds(rows: readonly Row[]): void {
  for (const { ID } of rows) printLine(ID)
}

function printTable(rows: readonly Row[]): void {
  const lines = rows.map(({ ID, Created, CreatedBy, Size, Comment }) => [ID, Created, CreatedBy, Size, Comment])
  const table = [['ID', 'CREATED', 'CREATED BY', 'SIZE', 'COMMENT'], ...lines]
  print(alignTabs(table.map((line) => `${line.join('\t')}\n`).join('')))
}

/** Both spellings of the time, as podman gives them. */
function jsonRow({ id, created, createdBy, tags, sizeBytes, comment }: HistoryLayer): object {
  return {
    id,
    created,
    ...(createdBy === '' ? {} : { CreatedBy: createdBy }),
    ...(tags.length === 0 ? {} : { tags }),
    size: sizeBytes,
    ...(comment === '' ? {} : { comment }),
    Created: withoutFraction(created),
  }
}

function withoutFraction(time: string): string {
  return time.replace(/\.\d+/, '')
}

/** RFC 3339 in the zone of $TZ, to the second. */
function localTime(time: string): string {
  const date = new Date(Date.parse(time))
  const minutes = -date.getTimezoneOffset()
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19)
  if (minutes === 0) return `${local}Z`
  const two = (number: number) => String(number).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
