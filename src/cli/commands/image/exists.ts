// image exists: the answer is the exit code, 0 or 1.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'image', complete: 'image' }],
  examples: ['gantry image exists busybox || gantry pull busybox'],
  async run(open, { args }) {
    const engine = await open()
    const { exists } = await import('../../../engine/image/exists.ts')
    return (await exists(engine, args[0] as string)) ? 0 : 1
  },
})
