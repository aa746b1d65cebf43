// boot enable: what the init system at hand needs to start containers after a boot.

import { defineCommand } from '../../command.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  description:
    "Writes a unit of systemd (of the user's manager for an ordinary user), a script of OpenRC, or a line of crontab, which starts the containers and pods " +
    'with --restart always or unless-stopped after a boot. Without it the first command after a boot does the same.',
  examples: ['gantry boot enable'],
  async run(open) {
    const [engine, { chooseBootEntry }, { lingerCommand }] = await Promise.all([
      open(),
      import('../../../engine/boot/choose-boot-entry.ts'),
      import('../../../engine/container/linger-hint.ts'),
    ])
    const entry = chooseBootEntry(engine)
    await entry.write()
    printLine(`enabled by ${entry.initSystem}: ${entry.place}`)
    const linger = lingerCommand(engine)
    if (linger !== undefined) {
      engine.report({ type: 'warning', message: `it waits for your login, unless you are to linger: ${linger}` })
    }
    return 0
  },
})
