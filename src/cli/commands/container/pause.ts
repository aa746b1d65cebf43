// pause: freeze all processes.

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
    all: allOption('Pause all running containers'),
    cidfile: cidfileOption,
    filter: filterOption,
    latest: latestOption,
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'running-container' }],
  examples: ['gantry pause web', 'gantry pause --all'],
  async run(open, { options, args }) {
    const { all, latest, cidfile, filter } = options
    const words = { names: args, all, latest, cidfiles: cidfile, filters: filter }
    checkTargets(words)
    const engine = await open()
    const { pause } = await import('../../../engine/container/pause.ts')
    return forEachTarget(await findTargets(engine, words), async ({ container }) =>
      passOver(all, async () => pause(engine, container)),
    )
  },
})
