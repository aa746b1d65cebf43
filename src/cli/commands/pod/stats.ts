// pod stats: what the containers of pods use, again and again.

import { invalid } from '../../../base/errors.ts'
import { goStruct } from '../../../base/go-value.ts'
import { shortId } from '../../../base/ids.ts'
import type { ContainerStats } from '../../../engine/container/stats.ts'
import type { PodUse } from '../../../engine/pod/stats.ts'
import { defineCommand, defineOptions, type Options } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { findPods, latestPodOption, podsPositional } from '../../pod-targets.ts'
import { clearScreen } from '../../render/clear-screen.ts'
import { printLine } from '../../render/print.ts'
import { statsHeadings, statsJsonRow, statsTemplateRow } from '../../render/stats-row.ts'
import { isJsonFormat, printRows } from '../../render/template.ts'
import { untilNextReport } from '../../until-next-report.ts'

const options = defineOptions({
  all: { type: 'boolean', short: 'a', describe: 'Provide stats for all pods' },
  format: {
    type: 'string',
    value: 'format',
    describe: 'Pretty-print statistics to JSON or using a Go template',
    fields: 'Pod CID Name CPU MemUsage MemUsageBytes Mem NetIO BlockIO PIDS',
  },
  latest: latestPodOption,
  'no-reset': { type: 'boolean', describe: 'Do not clear the screen before each report' },
  'no-stream': { type: 'boolean', describe: 'Report once' },
})

const defaultFormat =
  'table {{.Pod}}\t{{.CID}}\t{{.Name}}\t{{.CPU}}\t{{.MemUsage}}\t{{.Mem}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDS}}'
const intervalSeconds = 5

export default defineCommand({
  options,
  positionals: podsPositional,
  examples: ['gantry pod stats', 'gantry pod stats --no-stream web'],
  async run(open, { options: given, args }) {
    const { all, latest } = given
    if ([all, latest, args.length > 0].filter(Boolean).length > 1) {
      throw invalid('arguments-invalid', '--all, --latest and arguments cannot be used together')
    }
    const [engine, { podStats }] = await Promise.all([open(), import('../../../engine/pod/stats.ts')])
    const isEvery = args.length === 0 && !latest
    for (let before = new Map<string, ContainerStats>(); ; ) {
      const targets = await findPods(engine, { names: args, all: isEvery, latest })
      const uses = podStats(
        engine,
        targets.map(({ pod }) => pod),
        before,
      )
      show(uses, given)
      if (given['no-stream']) return 0
      before = new Map(uses.map(({ stats }) => [stats.id, stats]))
      if (!(await untilNextReport(intervalSeconds, engine.signal))) return exitCodes.interrupted
    }
  },
})

function show(uses: readonly PodUse[], given: Options<typeof options>): void {
  const { format = defaultFormat } = given
  if (!given['no-reset'] && !given['no-stream']) clearScreen()
  if (isJsonFormat(format)) return printLine(JSON.stringify(uses.map(jsonRow), undefined, 1))
  const headings = {
    ...statsHeadings,
    CPU: 'CPU %',
    Mem: 'MEM %',
    MemUsage: 'MEM USAGE/ LIMIT',
    CID: 'CID',
    Pod: 'POD',
  }
  printRows({ name: 'stats', format, rows: uses.map(templateRow), headings })
}

function templateRow({ pod, stats }: PodUse): object {
  const row = statsTemplateRow(stats, { isWhole: false }) as Readonly<Record<string, unknown>>
  return goStruct('entities.PodStatsReport', {
    Pod: shortId(pod.id),
    CID: shortId(stats.id),
    Name: stats.name,
    CPU: row['CPUPerc'],
    MemUsage: row['MemUsage'],
    MemUsageBytes: row['MemUsageBytes'],
    Mem: row['MemPerc'],
    NetIO: row['NetIO'],
    BlockIO: row['BlockIO'],
    PIDS: row['PIDS'],
  })
}

function jsonRow({ pod, stats }: PodUse): object {
  const row = statsJsonRow(stats, { isWhole: false }) as Readonly<Record<string, unknown>>
  return {
    CPU: row['cpu_percent'],
    MemUsage: row['mem_usage'],
    MemUsageBytes: row['mem_usage'],
    Mem: row['mem_percent'],
    NetIO: row['net_io'],
    BlockIO: row['block_io'],
    PIDS: row['pids'],
    Pod: shortId(pod.id),
    CID: shortId(stats.id),
    Name: stats.name,
  }
}
