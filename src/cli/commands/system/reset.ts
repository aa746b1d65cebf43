// system reset: everything gone, after saying what that is.

import { defineCommand } from '../../command.ts'
import { isConfirmed } from '../../confirm.ts'

export default defineCommand({
  options: {
    force: { type: 'boolean', short: 'f', describe: 'Do not prompt for confirmation' },
  },
  description:
    'Stops and removes all containers, and removes all images, volumes and secrets, and the folders that Gantry keeps them in. A folder that holds anything else is left as it is.',
  examples: ['gantry system reset', 'gantry --root /tmp/try system reset --force'],
  async run(open, { options: { force } }) {
    const engine = await open()
    const { refuseStrangers, reset } = await import('../../../engine/system/reset.ts')
    refuseStrangers(engine.at)
    if (!force && !(await isConfirmed(warning(engine.at)))) return 0
    await reset(engine)
    return 0
  },
})

function warning({ root, run }: { root: string; run: string }): string {
  const what = [
    'all containers',
    'all images',
    'all volumes and secrets',
    `the root directory: "${root}"`,
    `the run directory: "${run}"`,
  ]
  return `WARNING! This will remove:\n${what.map((one) => `        - ${one}\n`).join('')}`.trimEnd()
}
