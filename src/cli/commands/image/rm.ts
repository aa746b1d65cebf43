// rmi, image rm. Exit codes as podman's: 1 no such image, 2 in use, 125 anything else.

import { type EngineError, invalid } from '../../../base/errors.ts'
import type { RemovedImages } from '../../../engine/image/remove.ts'
import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { complainJoined } from '../../render/joined-errors.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    all: { type: 'boolean', short: 'a', describe: 'Remove all images' },
    force: { type: 'boolean', short: 'f', describe: 'Force Removal of the image' },
    ignore: { type: 'boolean', short: 'i', describe: 'Ignore errors if a specified image does not exist' },
    'no-prune': { type: 'boolean', describe: 'Accepted for compatibility: images have no dangling parents here' },
  },
  positionals: [{ name: 'image', isVariadic: true, isOptional: true, complete: 'image' }],
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
    return show(removed)
  },
})

function show({ untagged, deleted, errors }: RemovedImages): number {
  for (const name of untagged) printLine(`Untagged: ${name}`)
  for (const id of deleted) printLine(`Deleted: ${id}`)
  complainJoined(errors)
  return exitCodeOf(errors)
}

function exitCodeOf(errors: readonly EngineError[]): number {
  if (errors.length === 0) return 0
  if (errors.some(({ code }) => code === 'image-in-use')) return 2
  return errors.every(({ code }) => code === 'image-unknown') ? 1 : exitCodes.failed
}
