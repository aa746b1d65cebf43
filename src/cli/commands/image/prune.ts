// image prune: images that nobody uses.

import { humanSize } from '../../../base/size.ts'
import type { PrunedImages } from '../../../engine/image/prune.ts'
import { defineCommand } from '../../command.ts'
import { isConfirmed } from '../../confirm.ts'
import { complain, printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    all: {
      type: 'boolean',
      short: 'a',
      describe: 'Remove all images not in use by containers, not just dangling ones',
    },
    blobs: {
      type: 'boolean',
      describe: 'Drop the compressed layers of the images that stay, too: push, save and repair then fetch them again',
    },
    'build-cache': { type: 'boolean', describe: 'Remove what builds keep for the next ones, too' },
    external: {
      type: 'boolean',
      describe: 'Remove images even when they are used by external containers: Gantry knows of none',
    },
    filter: { type: 'strings', value: 'filter', describe: "Provide filter values (e.g. 'label=<key>=<value>')" },
    force: { type: 'boolean', short: 'f', describe: 'Do not prompt for confirmation' },
  },
  positionals: [],
  examples: ['gantry image prune', 'gantry image prune --all --force --filter until=24h', 'gantry image prune --blobs'],
  async run(open, { options }) {
    if (!options.force && !(await isConfirmed(warning(options)))) return 0
    const engine = await open()
    const { prune } = await import('../../../engine/image/prune.ts')
    const pruned = await prune(engine, {
      areAll: options.all,
      filters: options.filter,
      areBlobsDropped: options.blobs,
    })
    if (options['build-cache']) {
      const { pruneBuildCache } = await import('../../../engine/build/prune-cache.ts')
      await pruneBuildCache(engine, { isDanglingOnly: false })
    }
    show(pruned, options.blobs)
    return 0
  },
})

function warning({ all, blobs }: { all: boolean; blobs: boolean }): string {
  const what = all ? 'all images without at least one container associated with them' : 'all dangling images'
  return `WARNING! This command removes ${what}${blobs ? ', and the compressed layers of all others' : ''}.`
}

/** podman prints ids only; what --blobs freed is in no id. */
function show({ deleted, freedBytes }: PrunedImages, areBlobsDropped: boolean): void {
  for (const id of deleted) printLine(id)
  if (areBlobsDropped) complain(`freed ${humanSize(freedBytes)}\n`)
}
