// buildah unmount.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { forEachTarget } from '../../targets.ts'

export default defineCommand({
  options: { all: { type: 'boolean', short: 'a', describe: 'Unmount all working containers' } },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  examples: ['gantry buildah unmount web', 'gantry buildah umount --all'],
  async run(open, { options: { all }, args }) {
    if (all === args.length > 0) throw invalid('arguments-invalid', 'either container names or --all must be given')
    const engine = await open()
    const [{ unmount }, { selectWorking, workingContainers }] = await Promise.all([
      import('../../../engine/container/mount.ts'),
      import('../../../engine/working/working-container.ts'),
    ])
    const containers = all ? workingContainers(engine.at) : args.map((name) => selectWorking(engine, name))
    const targets = containers.map((container) => ({ container, shown: container.id }))
    return forEachTarget(targets, async ({ container }) => {
      await unmount(engine, { container, isForced: true, isLenient: true })
    })
  },
})
