// system check: one line a problem, exit code 1 if there is one.

import { parseGoDuration } from '../../../base/duration.ts'
import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    force: { type: 'boolean', short: 'f', describe: 'Heal what is found, and remove what cannot be healed' },
    max: {
      type: 'string',
      short: 'm',
      default: '24h',
      describe: 'Age from which a layer that nothing uses is a problem',
      value: 'duration',
    },
    quick: { type: 'boolean', short: 'q', describe: 'Skip what takes long: reading all blobs' },
    repair: { type: 'boolean', short: 'r', describe: 'Heal what is found' },
  },
  description:
    'Looks everything over that is in the state directory and changes nothing, unless --repair is given. Prints a line for each problem; the exit code is 1 if there is any left.',
  examples: ['gantry system check', 'gantry system check --quick', 'gantry system check --repair'],
  async run(open, { options }) {
    const checkOptions = { isQuick: options.quick, maxUnusedMs: parseGoDuration(options.max) / 1e6 }
    const engine = await open()
    if (!options.repair && !options.force) {
      const { check } = await import('../../../engine/system/check.ts')
      const problems = await check(engine, checkOptions)
      for (const { message } of problems) printLine(message)
      return problems.length === 0 ? 0 : 1
    }
    const { repair } = await import('../../../engine/system/repair.ts')
    const { healed, left } = await repair(engine, { ...checkOptions, isForced: options.force })
    for (const { message } of healed) printLine(`repaired: ${message}`)
    for (const { message } of left) printLine(message)
    return left.length === 0 ? 0 : 1
  },
})
