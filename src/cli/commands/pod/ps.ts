// pod ps: the pods, as podman lists them.

import { invalid } from '../../../base/errors.ts'
import { shortId } from '../../../base/ids.ts'
import { alignTabs } from '../../../base/tabwriter.ts'
import type { ListedPod } from '../../../engine/pod/list.ts'
import { defineCommand, defineOptions, type Options } from '../../command.ts'
import { latestPodOption } from '../../pod-targets.ts'
import { agoText } from '../../render/container-row.ts'
import { print, printLine } from '../../render/print.ts'

const options = defineOptions({
  'ctr-ids': { type: 'boolean', describe: 'Display the container UUIDs' },
  'ctr-names': { type: 'boolean', describe: 'Display the container names' },
  'ctr-status': { type: 'boolean', describe: 'Display the container status' },
  filter: { type: 'strings', short: 'f', value: 'filter', describe: 'Filter output based on conditions given' },
  format: {
    type: 'string',
    value: 'format',
    describe: 'Pretty-print pods to JSON or using a Go template',
    fields:
      'Cgroup ContainerIds ContainerNames ContainerStatuses Containers Created ID Id InfraID InfraId Labels ' +
      'Name Namespace Networks NumberOfContainers Restarts Status',
  },
  latest: latestPodOption,
  'no-trunc': { type: 'boolean', aliases: ['notruncate'], describe: 'Do not truncate pod and container IDs' },
  noheading: { type: 'boolean', short: 'n', describe: 'Do not print headers' },
  ns: { type: 'boolean', describe: 'Display namespace information of the pod' },
  quiet: { type: 'boolean', short: 'q', describe: 'Print the numeric IDs of the pods only' },
  sort: {
    type: 'string',
    default: 'created',
    value: 'key',
    describe: 'Sort output by created, id, name, number, or status',
    complete: 'none',
  },
})

type PsOptions = Options<typeof options>

export default defineCommand({
  options,
  positionals: [],
  examples: [
    'gantry pod ps',
    'gantry pod ps --ctr-names --filter status=running',
    "gantry pod ps --format '{{.Name}} {{.Status}}'",
  ],
  async run(open, { options: given, path }) {
    if (given.quiet && given.format !== undefined) {
      throw invalid('arguments-invalid', 'quiet and format cannot be used together')
    }
    const [engine, { list }] = await Promise.all([open(), import('../../../engine/pod/list.ts')])
    const found = list(engine, given.filter)
    const rows = sorted(given.latest ? found.slice(0, 1) : found, given.sort)
    if (given.format !== undefined)
      await renderFormat(rows, given, { name: path.at(-1) as string, format: given.format })
    else if (given.quiet) for (const { pod } of rows) printLine(given['no-trunc'] ? pod.id : shortId(pod.id))
    else renderTable(rows, given)
    return 0
  },
})

const sortKeys: Readonly<Record<string, (listed: ListedPod) => string | number>> = {
  created: ({ pod }) => -Date.parse(pod.createdAt),
  id: ({ pod }) => pod.id,
  name: ({ pod }) => pod.name,
  number: ({ members }) => members.length,
  status: ({ state }) => state,
}

function sorted(rows: readonly ListedPod[], by: string): readonly ListedPod[] {
  const key = Object.hasOwn(sortKeys, by) ? sortKeys[by] : undefined
  if (key === undefined) {
    throw invalid('sort-invalid', 'invalid option for --sort, options are: created, id, name, number, or status')
  }
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

async function renderFormat(
  rows: readonly ListedPod[],
  given: PsOptions,
  { name, format }: { readonly name: string; readonly format: string },
): Promise<void> {
  const [{ isJsonList, printRows }, { podHeadings, podJson, podRow }] = await Promise.all([
    import('../../render/template.ts'),
    import('../../render/pod-template.ts'),
  ])
  if (isJsonList(format)) return printLine(JSON.stringify(rows.map(podJson), undefined, 2))
  printRows({
    name,
    format,
    rows: rows.map((row) => podRow(row, { isWhole: given['no-trunc'] })),
    headings: podHeadings,
    isHeadingHidden: given.noheading,
  })
}

type Column = readonly [heading: string, text: (listed: ListedPod) => string]

function renderTable(rows: readonly ListedPod[], given: PsOptions): void {
  const id = (text: string) => (given['no-trunc'] ? text : shortId(text))
  const columns: Column[] = [
    ['POD ID', ({ pod }) => id(pod.id)],
    ['NAME', ({ pod }) => pod.name],
    ['STATUS', ({ state }) => state],
    ['CREATED', ({ pod }) => agoText(pod.createdAt)],
    ['INFRA ID', ({ pod }) => id(pod.infraId ?? '')],
    ...memberColumns(given, id),
  ]
  const lines = rows.map((row) => columns.map(([, text]) => text(row)).join('\t'))
  const heading = given.noheading ? [] : [columns.map(([title]) => title).join('\t')]
  print(alignTabs([...heading, ...lines, ''].join('\n')))
}

function memberColumns(given: PsOptions, id: (text: string) => string): Column[] {
  const ids: Column = ['IDS', ({ members }) => members.map((one) => id(one.id)).join(',')]
  const names: Column = ['NAMES', ({ members }) => members.map(({ name }) => name).join(',')]
  const states: Column = ['STATUS', ({ members }) => members.map(({ live }) => live.status).join(',')]
  const shares: Column[] = [
    ['CGROUP', ({ pod }) => pod.groupParent ?? ''],
    ['NAMESPACES', ({ pod }) => pod.shares.join(',')],
  ]
  const isCounted = !given['ctr-ids'] && !given['ctr-names'] && !given['ctr-status']
  return [
    ...(given['ctr-ids'] ? [ids] : []),
    ...(given['ctr-names'] ? [names] : []),
    ...(given['ctr-status'] ? [states] : []),
    ...(given.ns ? shares : []),
    ...(isCounted ? [['# OF CONTAINERS', ({ members }: ListedPod) => String(members.length)] as const] : []),
  ]
}
