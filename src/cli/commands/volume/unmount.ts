// volume unmount: undoes one `volume mount`.

import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'volume', complete: 'volume' }],
  description: 'Containers that use the volume go on with it.',
  examples: ['gantry volume unmount data'],
  async run(open, { args: [name] }) {
    const [engine, { unmountByHand }] = await Promise.all([open(), import('../../../engine/volume/mount.ts')])
    await unmountByHand(engine, name as string)
    printLine(name as string)
    return 0
  },
})
