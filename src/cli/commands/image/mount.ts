// image mount: where an image's root file system is, mounted; without an image, those that are.

import { invalid } from '../../../base/errors.ts'
import { alignTabs } from '../../../base/tabwriter.ts'
import type { Engine } from '../../../engine/engine.ts'
import type { MountedImage } from '../../../engine/image/mount.ts'
import { defineCommand } from '../../command.ts'
import { refuseOutsideOfMounts } from '../../outside-of-mounts.ts'
import { print, printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    all: { type: 'boolean', short: 'a', describe: 'Mount all images' },
    format: { type: 'string', describe: 'Print the mounted images in specified format (json)', complete: 'none' },
  },
  positionals: [{ name: 'image', isVariadic: true, isOptional: true, complete: 'image' }],
  description:
    'Without an image, lists those that are mounted. They are mounted to be read. As often as one is mounted it must be unmounted; until then it ' +
    'cannot be removed.',
  examples: ['gantry image mount', 'gantry image mount web', 'gantry unshare gantry image mount web'],
  async run(open, { options: { all, format = '' }, args, path }) {
    refuseOutsideOfMounts(path)
    if (all && args.length > 0) {
      throw invalid('arguments-invalid', 'when using the --all switch, you may not pass any image names or IDs')
    }
    if (format !== '' && format !== 'json') {
      throw invalid('format-invalid', `unknown --format argument: ${JSON.stringify(format)}`)
    }
    const engine = await open()
    const mounted = await mount(engine, all, args)
    const [only] = mounted
    if (format === 'json') printLine(JSON.stringify(mounted.map(toDocument), undefined, 1))
    else if (args.length === 1 && only !== undefined) printLine(only.path)
    else
      print(alignTabs(mounted.map(({ record, names, path: place }) => `${names[0] ?? record.id}\t${place}\n`).join('')))
    return 0
  },
})

async function mount(engine: Engine, isForAll: boolean, texts: readonly string[]): Promise<MountedImage[]> {
  const { mountedImages, mountImage } = await import('../../../engine/image/mount.ts')
  if (!isForAll && texts.length === 0) return mountedImages(engine)
  const mounted: MountedImage[] = []
  for (const id of await idsOf(engine, isForAll, texts)) mounted.push(await mountImage(engine, id))
  return mounted
}

/** All are known before the first is mounted. */
async function idsOf(engine: Engine, isForAll: boolean, texts: readonly string[]): Promise<string[]> {
  if (isForAll) {
    const { listImages } = await import('../../../transport/image-records.ts')
    return listImages(engine.at).map(({ id }) => id)
  }
  const { resolveImage } = await import('../../../engine/image/resolve.ts')
  const found = await Promise.all(texts.map(async (text) => resolveImage(engine, text)))
  return found.map(({ record }) => record.id)
}

function toDocument({ record, names, path }: MountedImage): object {
  return { id: record.id, Names: [record.manifestDigest], Repositories: names, mountpoint: path }
}
