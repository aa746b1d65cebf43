// wait: block until containers end, and print their exit codes.

import { invalid } from '../../../base/errors.ts'
import { type WaitCondition, waitConditions } from '../../../engine/container/wait.ts'
import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { printError } from '../../render/error.ts'
import { printLine } from '../../render/print.ts'
import { findTargets, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    condition: {
      type: 'strings',
      describe: `Condition to wait on: ${waitConditions.join(', ')}`,
      value: 'condition',
      isCommaSeparated: true,
    },
    ignore: { type: 'boolean', describe: 'Ignore if a container does not exist' },
    interval: {
      type: 'string',
      short: 'i',
      describe: 'Accepted for compatibility: nothing is polled, so there is no interval',
      value: 'interval',
      default: '250ms',
    },
    latest: latestOption,
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  examples: ['gantry wait web', 'gantry wait --condition running web'],
  async run(open, { options, args, path }) {
    const { latest, ignore } = options
    if (!latest && args.length === 0) {
      throw invalid('arguments-invalid', `"gantry ${path.join(' ')}" requires a name, id, or the "--latest" flag`)
    }
    if (latest && args.length > 0) {
      throw invalid('arguments-invalid', '--latest and containers cannot be used together')
    }
    checkInterval(options.interval)
    const conditions = options.condition.map(parseCondition)
    const engine = await open()
    const { wait } = await import('../../../engine/container/wait.ts')
    const waits = await Promise.all(
      (latest ? [undefined] : args).map(async (name) => {
        const found = await findTargets(engine, name === undefined ? { names: [], latest } : { names: [name], ignore })
        return found[0]?.container
      }),
    )
    const outcomes = await Promise.allSettled(
      waits.map(async (container) => (container === undefined ? -1 : wait(engine, { container, conditions }))),
    )
    let exitCode = 0
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') printLine(String(outcome.value))
      else {
        printError(outcome.reason)
        exitCode = exitCodes.failed
      }
    }
    return exitCode
  },
})

/** Go's durations, or bare milliseconds. */
function checkInterval(text: string): void {
  if (/^(\d+|(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+)$/.test(text)) return
  throw invalid('interval-invalid', `time: invalid duration "${text}"`)
}

function parseCondition(text: string): WaitCondition {
  const known = waitConditions.find((condition) => condition === text)
  if (known !== undefined) return known
  throw invalid('condition-invalid', `unknown container state: ${text}: invalid argument`)
}
