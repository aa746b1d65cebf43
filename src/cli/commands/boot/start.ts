// boot start: what the init system calls, or the first command after a boot.

import { defineCommand } from '../../command.ts'
import { exitCodes } from '../../exit-code.ts'
import { printError } from '../../render/error.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {},
  description:
    'Starts the containers and pods whose restart policy is always, or unless-stopped if nobody stopped them, and prints their names. Once a boot: after ' +
    'that it does nothing. What runs in a service of systemd is left to that.',
  examples: ['gantry boot start'],
  async run(open) {
    const [engine, { startAfterBoot }] = await Promise.all([open(), import('../../../engine/boot/start-after-boot.ts')])
    const { started, failed } = (await startAfterBoot(engine)) ?? { started: [], failed: [] }
    for (const name of started) printLine(name)
    for (const error of failed) printError(error)
    return failed.length === 0 ? 0 : exitCodes.failed
  },
})
