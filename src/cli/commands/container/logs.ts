// logs: what containers have written, and with --follow what they write.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { logOptions, logWindow, showLogs } from '../../show-logs.ts'
import { findTargets, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    ...logOptions,
    latest: latestOption,
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  examples: ['gantry logs web', 'gantry logs --tail 20 --follow web', 'gantry logs --since 10m --names web db'],
  async run(open, { options, args }) {
    const { latest } = options
    if (latest && args.length > 0) throw invalid('arguments-invalid', '--latest and containers cannot be used together')
    if (!latest && args.length === 0)
      throw invalid('arguments-invalid', 'specify at least one container name or ID to log')
    const window = logWindow(options)
    const engine = await open()
    const targets = await findTargets(engine, { names: args, latest })
    await showLogs(
      engine,
      targets.map(({ container }) => container),
      { ...options, window },
    )
    return 0
  },
})
