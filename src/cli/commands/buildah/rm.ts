// buildah rm: working containers go.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { forEachTarget } from '../../targets.ts'

export default defineCommand({
  options: { all: { type: 'boolean', short: 'a', describe: 'Remove all working containers' } },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  examples: ['gantry buildah rm web', 'gantry buildah rm --all'],
  async run(open, { options: { all }, args }) {
    if (all === args.length > 0) throw invalid('arguments-invalid', 'container ID must be specified, or --all')
    const engine = await open()
    const [{ remove }, { selectWorking, workingContainers }] = await Promise.all([
      import('../../../engine/container/remove.ts'),
      import('../../../engine/working/working-container.ts'),
    ])
    const containers = all ? workingContainers(engine.at) : args.map((name) => selectWorking(engine, name))
    const targets = containers.map((container) => ({ container, shown: container.id }))
    return forEachTarget(targets, async ({ container }) => {
      await remove(engine, { container, isForced: true, removesDependents: false, removesVolumes: true })
    })
  },
})
