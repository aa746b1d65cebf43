// rmi, image rm.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { showRemoved } from '../../render/removed-images.ts'

export default defineCommand({
  options: {
    all: { type: 'boolean', short: 'a', describe: 'Remove all images' },
    force: { type: 'boolean', short: 'f', describe: 'Force Removal of the image' },
    ignore: { type: 'boolean', short: 'i', describe: 'Ignore errors if a specified image does not exist' },
    'no-prune': { type: 'boolean', describe: 'Accepted for compatibility: images have no dangling parents here' },
  },
  positionals: [{ name: 'image', isVariadic: true, isOptional: true, complete: 'image' }],
  description: 'Of a manifest list, the list is removed; the images that it names stay.',
  examples: ['gantry rmi imageID', 'gantry rmi --force busybox', 'gantry rmi --all'],
  async run(open, { options, args }) {
    const { all, force } = options
    if (args.length === 0 && !all) throw invalid('arguments-invalid', 'image name or ID must be specified')
    if (args.length > 0 && all) {
      throw invalid('arguments-invalid', 'when using the --all switch, you may not pass any images names or IDs')
    }
    const engine = await open()
    const { remove } = await import('../../../engine/image/remove.ts')
    const removed = await remove(engine, args, {
      areAll: all,
      isForced: force,
      isMissingIgnored: options.ignore || force,
      removeContainer: async (id) => {
        const { remove: removeContainer } = await import('../../../engine/container/remove.ts')
        await removeContainer(engine, { container: { id, name: id }, isForced: true, removesDependents: true })
      },
    })
    return showRemoved(removed)
  },
})
