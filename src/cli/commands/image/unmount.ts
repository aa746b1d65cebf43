// image unmount: undoes one `image mount`.

import { invalid } from '../../../base/errors.ts'
import type { Engine } from '../../../engine/engine.ts'
import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { printError } from '../../render/error.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    all: { type: 'boolean', short: 'a', describe: 'Unmount all of the currently mounted images' },
    force: { type: 'boolean', short: 'f', describe: 'Unmount it however often it was mounted' },
  },
  positionals: [{ name: 'image', isVariadic: true, isOptional: true, complete: 'image' }],
  description:
    'An image is unmounted when it was unmounted as often as it was mounted. One that is not mounted is passed over.',
  examples: ['gantry image unmount web', 'gantry image umount --all --force'],
  async run(open, { options: { all, force }, args }) {
    if (args.length === 0 && !all) throw invalid('arguments-invalid', 'image name or ID must be specified')
    if (args.length > 0 && all) {
      throw invalid('arguments-invalid', 'when using the --all switch, you may not pass any image names or IDs')
    }
    const engine = await open()
    const { mountedImages, unmountImage } = await import('../../../engine/image/mount.ts')
    const texts = all ? mountedImages(engine).map(({ record }) => record.id) : args
    let exitCode = 0
    for (const text of texts) {
      try {
        const id = await idOf(engine, text)
        if (await unmountImage(engine, id, force)) printLine(id)
      } catch (error) {
        printError(error)
        exitCode = exitCodes.failed
      }
    }
    return exitCode
  },
})

async function idOf(engine: Engine, text: string): Promise<string> {
  const { resolveImage } = await import('../../../engine/image/resolve.ts')
  return (await resolveImage(engine, text)).record.id
}
