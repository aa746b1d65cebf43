// network reload: says a container's firewall rules again, after the host's firewall was reset. A start does it by itself.

import { EngineError } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { allOption, checkTargets, findTargets, forEachTarget, latestOption } from '../../targets.ts'

export default defineCommand({
  options: { all: allOption('Reload the networks of all containers'), latest: latestOption },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'running-container' }],
  examples: ['gantry network reload web', 'gantry network reload --all'],
  async run(open, { options, args }) {
    const { all, latest } = options
    const words = { names: args, all, latest }
    checkTargets(words)
    const [engine, { reload }] = await Promise.all([open(), import('../../../engine/network/reload.ts')])
    const targets = await findTargets(engine, words)
    const shown = targets.map(({ container }) => ({ container, shown: container.id }))
    return forEachTarget(shown, async ({ container }) => {
      try {
        await reload(engine, container)
        return true
      } catch (error) {
        const isPassedOver =
          error instanceof EngineError && ['container-state', 'network-mode-invalid'].includes(error.code)
        if (all && isPassedOver) return false
        throw error
      }
    })
  },
})
