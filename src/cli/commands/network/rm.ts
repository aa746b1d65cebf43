// network rm. Exit codes as podman's: 1 no such network, 2 in use, 125 anything else.

import { EngineError, invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { complainJoined } from '../../render/joined-errors.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    force: { type: 'boolean', short: 'f', describe: 'Remove the containers that are in it, too' },
    time: {
      type: 'number',
      short: 't',
      value: 'seconds',
      describe: 'Seconds to wait for containers to stop before killing them',
    },
  },
  positionals: [{ name: 'network', isVariadic: true, complete: 'network' }],
  examples: ['gantry network rm web', 'gantry network rm --force web'],
  async run(open, { options, args, given }) {
    const { force: isForced, time } = options
    if (given.has('time') && !isForced) {
      throw invalid('arguments-invalid', '--force option must be specified to use the --time option')
    }
    const [engine, { remove }] = await Promise.all([open(), import('../../../engine/network/remove.ts')])
    const timeout = time === undefined || time < 0 ? {} : { timeoutSeconds: time }
    const errors: unknown[] = []
    for (const name of args) {
      try {
        await remove(engine, name, { isForced, ...timeout })
        printLine(name)
      } catch (error) {
        if (!isForced || !hasCode(error, 'network-unknown')) errors.push(error)
      }
    }
    complainJoined(errors)
    return exitCodeOf(errors)
  },
})

function exitCodeOf(errors: readonly unknown[]): number {
  const last = errors.at(-1)
  if (last === undefined) return 0
  if (hasCode(last, 'network-unknown')) return 1
  return hasCode(last, 'network-in-use') ? 2 : exitCodes.failed
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof EngineError && error.code === code
}
