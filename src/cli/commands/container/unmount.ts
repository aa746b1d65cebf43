// unmount: undoes one `mount`.

import { defineCommand } from '../../command.ts'
import { allOption, checkTargets, findTargets, forEachTarget, latestOption } from '../../targets.ts'

export default defineCommand({
  options: {
    all: allOption('Unmount all of the currently mounted containers'),
    force: { type: 'boolean', short: 'f', describe: 'Force the complete unmount of the specified mounted containers' },
    latest: latestOption,
  },
  positionals: [{ name: 'container', isVariadic: true, isOptional: true, complete: 'container' }],
  description:
    'The root file system of a container is unmounted when it was unmounted as often as it was mounted, or with --force. What a running container itself uses stays.',
  examples: ['gantry unmount web', 'gantry umount --all'],
  async run(open, { options: { all, force, latest }, args }) {
    const words = { names: args, all, latest }
    checkTargets(words)
    const engine = await open()
    const { unmount } = await import('../../../engine/container/mount.ts')
    const targets = (await findTargets(engine, words)).map(({ container }) => ({ container, shown: container.id }))
    return forEachTarget(targets, async ({ container }) =>
      unmount(engine, { container, isForced: force, isLenient: all }),
    )
  },
})
