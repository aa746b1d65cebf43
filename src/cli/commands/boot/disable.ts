// boot disable: takes away what boot enable wrote, and nothing else.

import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  examples: ['gantry boot disable'],
  async run(open) {
    const [engine, { chooseBootEntry }] = await Promise.all([
      open(),
      import('../../../engine/boot/choose-boot-entry.ts'),
    ])
    const entry = chooseBootEntry(engine)
    if (await entry.remove()) printLine(`removed from ${entry.initSystem}: ${entry.place}`)
    return 0
  },
})
