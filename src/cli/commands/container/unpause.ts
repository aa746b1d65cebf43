// unpause: thaw what pause froze.

import { defineCommand } from '../../command.ts'
import { passOver } from '../../pass-over.ts'
import {
  allOption,
  checkTargets,
  cidfileOption,
  filterOption,
  findTargets,
  forEachTarget,
  latestOption,
} from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Unpause all paused containers'),
    cidfile: cidfileOption,
    filter: filterOption,
    latest: latestOption,
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'running-container' }],
  examples: ['gantry unpause web', 'gantry unpause --all'],
  async run(open, { options, args }) {
    const { all, latest, cidfile, filter } = options
    const words = { names: args, all, latest, cidfiles: cidfile, filters: filter }
    checkTargets(words)
    const engine = await open()
    const { unpause } = await import('../../../engine/container/unpause.ts')
    return forEachTarget(await findTargets(engine, words), async ({ container }) =>
      passOver(all, async () => unpause(engine, container)),
    )
  },
})
