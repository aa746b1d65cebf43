// healthcheck run: one health check of a container, now. What the monitor's timer starts, too.

import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    due: { type: 'boolean', describe: 'Run whichever of its checks is due', isHidden: true },
    'ignore-result': { type: 'boolean', describe: 'Exit with 0 also when the check has failed' },
  },
  positionals: [{ name: 'container', complete: 'running-container' }],
  description:
    'The exit code is 0 when the check has succeeded, 1 when it has failed, and 125 when there is none, the container does not run, or the ' +
    'check took too long.',
  examples: ['gantry healthcheck run web'],
  async run(open, { options, args }) {
    const [engine, { selectContainer }, { checkHealth }] = await Promise.all([
      open(),
      import('../../../engine/container/select.ts'),
      import('../../../engine/container/check-health.ts'),
    ])
    const status = await checkHealth(engine, { ...selectContainer(engine, args[0] as string), isByTimer: options.due })
    if (status === 'healthy') return 0
    printLine(status)
    return options['ignore-result'] ? 0 : 1
  },
})
