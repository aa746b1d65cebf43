// init: everything up to, but not including, the program.

import { defineCommand } from '../../command.ts'
import { passOver } from '../../pass-over.ts'
import { allOption, checkTargets, findTargets, forEachTarget, latestOption } from '../../targets.ts'

export default defineCommand({
  options: { all: allOption('Initialize all containers'), latest: latestOption },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  description:
    'Mounts the root file system and has the runtime create the container, so that it can be looked at before its program runs. `start` lets the program run.',
  examples: ['gantry init web', 'gantry init --all'],
  async run(open, { options, args }) {
    const { all, latest } = options
    const words = { names: args, all, latest }
    checkTargets(words)
    const engine = await open()
    const { init } = await import('../../../engine/container/init.ts')
    return forEachTarget(await findTargets(engine, words), async ({ container }) =>
      passOver(all, async () => init(engine, container)),
    )
  },
})
