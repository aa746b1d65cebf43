// stats: what containers use, again and again.

import { invalid } from '../../../base/errors.ts'
import type { ContainerStats } from '../../../engine/container/stats.ts'
import { defineCommand, defineOptions, type Options } from '../../command.ts'
import { isDocker } from '../../dialect.ts'
import { exitCodes } from '../../exit-code.ts'
import { clearScreen } from '../../render/clear-screen.ts'
import { printDockerRows } from '../../render/docker-rows.ts'
import { printLine } from '../../render/print.ts'
import { defaultStatsFormat, statsHeadings, statsJsonRow, statsTemplateRow } from '../../render/stats-row.ts'
import { isJsonList, printRows } from '../../render/template.ts'
import { latestOption } from '../../targets.ts'
import { untilNextReport } from '../../until-next-report.ts'

const options = defineOptions({
  all: { type: 'boolean', short: 'a', describe: 'Show all containers, not only those that run' },
  format: {
    type: 'string',
    value: 'format',
    describe: 'Pretty-print statistics to JSON or using a Go template',
    fields:
      'AVGCPU AvgCPU BlockIO BlockInput BlockOutput CPU CPUNano CPUPerc CPUSystemNano ContainerID Duration ' +
      'ID MemLimit MemPerc MemUsage MemUsageBytes Name NetIO Network PIDS PIDs PerCPU SystemNano Up UpTime',
  },
  interval: {
    type: 'number',
    short: 'i',
    default: 5,
    value: 'seconds',
    describe: 'Time between two reports',
    complete: 'none',
  },
  latest: latestOption,
  'no-reset': { type: 'boolean', describe: 'Do not clear the screen before each report' },
  'no-stream': { type: 'boolean', describe: 'Report once' },
  'no-trunc': { type: 'boolean', describe: 'Do not truncate ids' },
})

type StatsOptions = Options<typeof options>

export default defineCommand({
  options,
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'running-container' }],
  description:
    'CPU % is of one CPU, since the report before, the first time since the start. Memory is without the cache of files. ' +
    'A container that does not run, or whose network is the host’s, is shown with zeros.',
  examples: ['gantry stats', 'gantry stats --no-stream web', "gantry stats -a --format '{{.Name}} {{.MemUsage}}'"],
  async run(open, { options: given, args }) {
    checkOptions(given, args)
    const engine = await open()
    const { checkStats, measure } = await import('../../../engine/container/stats.ts')
    checkStats(engine)
    const names = args.map((name) => name.replace(/^\//, ''))
    const selection = { names, all: given.all, latest: given.latest }
    for (let before = new Map<string, ContainerStats>(); ; ) {
      const stats = measure(engine, selection, before)
      show(stats, given)
      if (given['no-stream']) return 0
      before = new Map(stats.map((one) => [one.id, one]))
      if (!(await untilNextReport(given.interval, engine.signal))) return exitCodes.interrupted
    }
  },
})

function checkOptions({ all, latest, interval }: StatsOptions, args: readonly string[]): void {
  if ([all, latest, args.length > 0].filter(Boolean).length > 1) {
    throw invalid('arguments-invalid', '--all, --latest and containers cannot be used together')
  }
  if (!Number.isInteger(interval) || interval < 1) {
    throw invalid('interval-invalid', 'invalid interval, must be a positive number greater zero')
  }
}

function show(stats: readonly ContainerStats[], given: StatsOptions): void {
  const { format = defaultStatsFormat } = given
  const options = { isWhole: given['no-trunc'] }
  if (!given['no-reset']) clearScreen()
  const templateRows = () => stats.map((one) => statsTemplateRow(one, options))
  if (isJsonList(format)) {
    if (isDocker()) return printDockerRows('stats', templateRows())
    const rows = stats.map((one) => statsJsonRow(one, options))
    return printLine(JSON.stringify(rows, undefined, 1))
  }
  printRows({ name: 'stats', format, rows: templateRows(), headings: statsHeadings })
}
