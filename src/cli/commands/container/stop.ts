// stop: the stop signal, then SIGKILL after a timeout.

import { defineCommand } from '../../command.ts'
import {
  allOption,
  checkTargets,
  cidfileOption,
  filterOption,
  findTargets,
  forEachTarget,
  ignoreOption,
  latestOption,
  timeOption,
} from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Stop all running containers'),
    cidfile: cidfileOption,
    filter: filterOption,
    ignore: ignoreOption,
    latest: latestOption,
    time: timeOption,
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'running-container' }],
  examples: ['gantry stop web', 'gantry stop --time 2 web db', 'gantry stop --all'],
  async run(open, { options, args }) {
    const { all, latest, ignore, cidfile, filter, time } = options
    const words = { names: args, all, latest, ignore, cidfiles: cidfile, filters: filter }
    checkTargets(words)
    const engine = await open()
    const { stop } = await import('../../../engine/container/stop.ts')
    return forEachTarget(await findTargets(engine, words), async ({ container }) => {
      const outcome = await stop(engine, { container, ...(time === undefined ? {} : { timeoutSeconds: time }) })
      return !(all && outcome === 'was-not-running')
    })
  },
})
