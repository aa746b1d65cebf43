// logs: what containers have written, and with --follow what they write.

import { invalid } from '../../../base/errors.ts'
import { shortId } from '../../../base/ids.ts'
import { defineCommand } from '../../command.ts'
import { releaseInterrupts } from '../../interrupt.ts'
import { logPrinter } from '../../render/log-lines.ts'
import { findTargets, latestOption } from '../../targets.ts'
import { timeOption } from '../../time-option.ts'

export default defineCommand({
  options: {
    color: { type: 'boolean', describe: 'Output the containers with different colors in the log' },
    details: { type: 'boolean', describe: 'Show tag and labels, where the log driver keeps them', isHidden: true },
    follow: { type: 'boolean', short: 'f', describe: 'Follow log output' },
    latest: latestOption,
    names: { type: 'boolean', short: 'n', describe: 'Output the container name in the log' },
    since: { type: 'string', describe: 'Show logs since TIMESTAMP', value: 'timestamp' },
    tail: { type: 'number', default: -1, describe: 'Output this many lines at the end of the logs; -1 prints all' },
    timestamps: { type: 'boolean', short: 't', describe: 'Output the timestamps in the log' },
    until: { type: 'string', describe: 'Show logs until TIMESTAMP', value: 'timestamp' },
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  examples: ['gantry logs web', 'gantry logs --tail 20 --follow web', 'gantry logs --since 10m --names web db'],
  async run(open, { options, args }) {
    const { latest, follow } = options
    if (latest && args.length > 0) throw invalid('arguments-invalid', '--latest and containers cannot be used together')
    if (!latest && args.length === 0)
      throw invalid('arguments-invalid', 'specify at least one container name or ID to log')
    const window = { sinceNs: timeOption('since', options.since), untilNs: timeOption('until', options.until) }
    const tail = tailLines(options.tail)
    const engine = await open()
    const targets = await findTargets(engine, { names: args, latest })
    const { logs } = await import('../../../engine/container/logs.ts')
    // Nothing is held that an interruption would have to give back.
    releaseInterrupts()
    const readers = await Promise.all(
      targets.map(async ({ container }) => logs(engine, { container, follow, tail, ...window })),
    )
    await Promise.all(
      readers.map(async (batches, index) => {
        const { id, name } = targets[index]?.container ?? { id: '', name: '' }
        const show = logPrinter({
          label: readers.length === 1 ? undefined : options.names ? name : shortId(id),
          hasTimes: options.timestamps,
          hasDetails: options.details,
          color: options.color ? index : undefined,
        })
        for await (const entries of batches) show(entries)
      }),
    )
    return 0
  },
})

function tailLines(count: number): number | undefined {
  if (!Number.isInteger(count)) {
    throw invalid(
      'flag-invalid',
      `invalid argument "${count}" for "--tail" flag: strconv.ParseInt: parsing "${count}": invalid syntax`,
    )
  }
  return count < 0 ? undefined : count
}
