// boot status: whether the init system starts containers, and what it would start.

import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  description: 'Ends with 1 where `boot enable` has not been called, or what it wrote is changed.',
  examples: ['gantry boot status'],
  async run(open) {
    const [engine, { chooseBootEntry }, { bootPolicyOf }, { isBootDone }, { allContainers }] = await Promise.all([
      open(),
      import('../../../engine/boot/choose-boot-entry.ts'),
      import('../../../engine/boot/start-after-boot.ts'),
      import('../../../engine/boot/begin-after-boot.ts'),
      import('../../../engine/container/select.ts'),
    ])
    const entry = chooseBootEntry(engine)
    const isEnabled = await entry.isThere()
    printLine(isEnabled ? `enabled by ${entry.initSystem}: ${entry.place}` : 'disabled')
    printLine(`since the last boot: ${isBootDone(engine.at) ? 'done' : 'not done yet'}`)
    for (const container of allContainers(engine.at).reverse()) {
      const policy = bootPolicyOf(container)
      if (policy !== undefined) printLine(`${container.name}: ${policy}`)
    }
    return isEnabled ? 0 : 1
  },
})
