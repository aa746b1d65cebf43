// kill: one signal to the first process.

import { signalNumber } from '../../../base/signal-number.ts'
import { defineCommand } from '../../command.ts'
import { passOver } from '../../pass-over.ts'
import { allOption, checkTargets, cidfileOption, findTargets, forEachTarget, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Signal all running containers'),
    cidfile: cidfileOption,
    latest: latestOption,
    signal: {
      type: 'string',
      short: 's',
      describe: 'Signal to send to the container',
      value: 'signal',
      default: 'KILL',
    },
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'running-container' }],
  examples: ['gantry kill web', 'gantry kill --signal HUP web', 'gantry kill --all'],
  async run(open, { options, args }) {
    const { all, latest, cidfile } = options
    const words = { names: args, all, latest, cidfiles: cidfile }
    checkTargets(words)
    const signal = signalNumber(options.signal)
    const engine = await open()
    const { kill } = await import('../../../engine/container/kill.ts')
    return forEachTarget(await findTargets(engine, words), async ({ container }) =>
      passOver(all, async () => kill(engine, { container, signal })),
    )
  },
})
