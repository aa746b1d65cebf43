// volume mount: where the volume's content is, mounted if it needs that.

import { defineCommand } from '../../command.ts'
import { refuseOutsideOfMounts } from '../../outside-of-mounts.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'volume', complete: 'volume' }],
  description: 'Prints the path. As often as it is mounted it must be unmounted; containers are not counted.',
  examples: ['gantry volume mount data', 'gantry unshare gantry volume mount data'],
  async run(open, { args: [name], path }) {
    refuseOutsideOfMounts(path)
    const [engine, { mountByHand }] = await Promise.all([open(), import('../../../engine/volume/mount.ts')])
    printLine(await mountByHand(engine, name as string))
    return 0
  },
})
