// ps: the containers, as podman lists them. The default table needs no template engine, which would cost more than everything else.

import { invalid } from '../../../base/errors.ts'
import { shortId } from '../../../base/ids.ts'
import { alignTabs } from '../../../base/tabwriter.ts'
import type { ListedContainer, ListOptions } from '../../../engine/container/list.ts'
import type { Engine } from '../../../engine/engine.ts'
import { defineCommand, defineOptions, type Options } from '../../command.ts'
import { isDocker } from '../../dialect.ts'
import { exitCodes } from '../../exit-code.ts'
import { clearScreen } from '../../render/clear-screen.ts'
import { agoText, commandText, imageName, listedStatusText, sizeText } from '../../render/container-row.ts'
import { portsText } from '../../render/ports-text.ts'
import { print, printLine } from '../../render/print.ts'
import { untilNextReport } from '../../until-next-report.ts'

const options = defineOptions({
  all: { type: 'boolean', short: 'a', describe: 'Show all the containers, default is only running containers' },
  external: {
    type: 'boolean',
    aliases: ['storage'],
    describe: 'Show working containers, too: those of `buildah from`',
  },
  filter: { type: 'strings', short: 'f', value: 'filter', describe: 'Filter output based on conditions given' },
  format: {
    type: 'string',
    value: 'format',
    describe: 'Pretty-print containers to JSON or using a Go template',
    fields:
      'AutoRemove CIDFile Exited ExitedAt ExitCode ExposedPorts IsInfra Mounts Pid Pod PodName StartedAt ' +
      'Cgroup IPC MNT NET PIDNS User UTS Namespaces.Cgroup Namespaces.IPC Namespaces.MNT Namespaces.NET ' +
      'Namespaces.PIDNS Namespaces.User Namespaces.UTS ID Names Image ImageID Command Labels Created ' +
      'CreatedAt CreatedHuman RunningFor State Status Ports Networks Restarts Size',
  },
  last: {
    type: 'number',
    short: 'n',
    default: -1,
    value: 'count',
    describe: 'Print the n last created containers (all states)',
  },
  latest: { type: 'boolean', short: 'l', describe: 'Show the latest container (all states)' },
  ns: { type: 'boolean', aliases: ['namespace'], describe: 'Display namespace information' },
  'no-trunc': { type: 'boolean', aliases: ['notruncate'], describe: 'Display the extended information' },
  noheading: { type: 'boolean', describe: 'Do not print headers' },
  pod: { type: 'boolean', short: 'p', describe: 'Print the ID and name of the pod the containers are associated with' },
  quiet: { type: 'boolean', short: 'q', describe: 'Print the numeric IDs of the containers only' },
  size: { type: 'boolean', short: 's', describe: 'Display the total file sizes' },
  sort: {
    type: 'string',
    choices: ['command', 'created', 'id', 'image', 'names', 'runningfor', 'size', 'status'],
    value: 'key',
    describe: 'Sort output by: command, created, id, image, names, runningfor, size, status',
  },
  sync: { type: 'boolean', describe: 'Sync container state with OCI runtime' },
  watch: {
    type: 'number',
    short: 'w',
    default: 0,
    value: 'seconds',
    describe: 'Watch the ps output on an interval in seconds',
  },
})

type PsOptions = Options<typeof options>

export default defineCommand({
  options,
  description: 'The state shown is always read from the runtime: --sync changes nothing.',
  examples: [
    'gantry ps -a',
    "gantry ps -a --format '{{.ID}}  {{.Image}}  {{.Labels}}  {{.Mounts}}'",
    'gantry ps --size --sort names',
  ],
  run: async (open, invocation) => {
    const { options: given } = invocation
    checkOptions(given)
    const [engine, { list }] = await Promise.all([open(), import('../../../engine/container/list.ts')])
    const show = async () => render(sorted(list(engine, listOptions(given)), given.sort), given)
    if (given.watch > 0) return watch(engine, given.watch, show)
    await show()
    return 0
  },
})

function checkOptions({ last, latest, quiet, size, ns, watch: seconds }: PsOptions): void {
  if (last >= 0 && latest) throw invalid('arguments-invalid', 'last and latest are mutually exclusive')
  if (quiet && (size || ns)) throw invalid('arguments-invalid', 'quiet conflicts with size and namespace')
  if (size && ns) throw invalid('arguments-invalid', 'size and namespace options conflict')
  if (seconds > 0 && latest) throw invalid('arguments-invalid', 'the watch and latest flags cannot be used together')
}

function listOptions({ all, external, last, latest, filter, size, ns, format = '', sort }: PsOptions): ListOptions {
  return {
    all,
    last: latest ? 1 : last > 0 ? last : undefined,
    filters: filter,
    isExternal: external,
    hasSize: size || sort === 'size',
    hasNamespaces: ns || /\.(?:Namespaces|Cgroup|IPC|MNT|NET|PIDNS|User|UTS)\b/.test(format),
  }
}

type SortKey = (listed: ListedContainer) => string | number

const sortKeys: Readonly<Record<string, SortKey>> = {
  command: ({ container }) => container.stored.spec.process.command.join(' '),
  created: ({ container }) => container.stored.createdAt,
  id: ({ container }) => container.id,
  image: ({ container }) => imageName(container),
  names: ({ container }) => container.name,
  runningfor: ({ container: { live } }) => (live.status === 'created' ? '' : live.startedAt),
  size: ({ size }) => size?.rootBytes ?? 0,
  status: ({ container }) => container.live.status,
}

/** Oldest first unless said. */
function sorted(rows: readonly ListedContainer[], by: string | undefined): readonly ListedContainer[] {
  const key = by === undefined ? undefined : sortKeys[by]
  if (key === undefined) return rows
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

async function watch(engine: Engine, seconds: number, show: () => Promise<void>): Promise<number> {
  for (;;) {
    clearScreen()
    await show()
    if (!(await untilNextReport(seconds, engine.signal))) return exitCodes.interrupted
  }
}

async function render(rows: readonly ListedContainer[], given: PsOptions): Promise<void> {
  if (given.format !== undefined) return renderFormat(rows, given, given.format)
  if (given.quiet) for (const { container } of rows) printLine(given['no-trunc'] ? container.id : shortId(container.id))
  else renderTable(rows, given)
}

async function renderFormat(rows: readonly ListedContainer[], given: PsOptions, format: string): Promise<void> {
  const [{ isJsonList, printRows }, { containerHeadings, jsonRow, templateRow }] = await Promise.all([
    import('../../render/template.ts'),
    import('../../render/container-template.ts'),
  ])
  const templateRows = () => rows.map((row) => templateRow(row, { isWhole: given['no-trunc'] }))
  if (isJsonList(format)) {
    if (isDocker()) {
      const { printDockerRows } = await import('../../render/docker-rows.ts')
      return printDockerRows('containers', templateRows())
    }
    return printLine(JSON.stringify(rows.map(jsonRow), undefined, 2))
  }
  printRows({
    name: 'ps',
    format: format.replaceAll('.Namespaces.', '.'),
    rows: templateRows(),
    headings: containerHeadings,
    isHeadingHidden: given.noheading,
  })
}

type Column = readonly [heading: string, text: (listed: ListedContainer) => string]

function renderTable(rows: readonly ListedContainer[], given: PsOptions): void {
  const columns = given.ns ? namespaceColumns(given) : usualColumns(given)
  const lines = rows.map((row) => columns.map(([, text]) => text(row)).join('\t'))
  const heading = given.noheading ? [] : [columns.map(([title]) => title).join('\t')]
  print(alignTabs([...heading, ...lines, ''].join('\n')))
}

function usualColumns(given: PsOptions): Column[] {
  const isWhole = given['no-trunc']
  return [
    ['CONTAINER ID', ({ container }) => (isWhole ? container.id : shortId(container.id))],
    ['IMAGE', ({ container }) => imageName(container)],
    ['COMMAND', ({ container }) => commandText(container, isWhole)],
    ['CREATED', ({ container }) => agoText(container.stored.createdAt)],
    ['STATUS', listedStatusText],
    ['PORTS', ({ network }) => portsText(network)],
    ['NAMES', ({ container }) => container.name],
    ...(given.pod
      ? ([
          ['POD ID', ({ container: { stored } }) => podId(stored.spec.pod?.id ?? '', isWhole)],
          ['PODNAME', ({ podName }) => podName],
        ] satisfies Column[])
      : []),
    ...(given.size ? ([['SIZE', sizeText]] satisfies Column[]) : []),
  ]
}

function podId(id: string, isWhole: boolean): string {
  return isWhole ? id : shortId(id)
}

function namespaceColumns(given: PsOptions): Column[] {
  return [
    ['CONTAINER ID', ({ container }) => (given['no-trunc'] ? container.id : shortId(container.id))],
    ['NAMES', ({ container }) => container.name],
    ['PID', ({ container: { live } }) => ('pid' in live ? String(live.pid) : '0')],
    ['CGROUPNS', ({ namespaces }) => namespaces?.cgroup ?? ''],
    ['IPC', ({ namespaces }) => namespaces?.ipc ?? ''],
    ['MNT', ({ namespaces }) => namespaces?.mnt ?? ''],
    ['NET', ({ namespaces }) => namespaces?.net ?? ''],
    ['PIDNS', ({ namespaces }) => namespaces?.pid ?? ''],
    ['USERNS', ({ namespaces }) => namespaces?.user ?? ''],
    ['UTS', ({ namespaces }) => namespaces?.uts ?? ''],
  ]
}
