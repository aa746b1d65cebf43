// restart: stop and start again.

import { defineCommand } from '../../command.ts'
import {
  allOption,
  checkTargets,
  cidfileOption,
  filterOption,
  findTargets,
  forEachTarget,
  latestOption,
  timeOption,
} from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Restart all containers regardless of their state'),
    cidfile: cidfileOption,
    filter: filterOption,
    latest: latestOption,
    running: { type: 'boolean', describe: 'Restart only running containers' },
    time: timeOption,
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  examples: ['gantry restart web', 'gantry restart --running', 'gantry restart --all --time 2'],
  async run(open, { options, args }) {
    const { all, latest, cidfile, filter, running, time } = options
    const filters = running ? [...filter, 'status=running'] : filter
    const words = { names: args, all, latest, cidfiles: cidfile, filters }
    checkTargets(words)
    const engine = await open()
    const { restart } = await import('../../../engine/container/restart.ts')
    return forEachTarget(await findTargets(engine, words), async ({ container }) => {
      await restart(engine, { container, ...(time === undefined ? {} : { timeoutSeconds: time }) })
      return true
    })
  },
})
