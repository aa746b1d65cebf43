// rename: another name for a container, running or not.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [
    { name: 'container', complete: 'container' },
    { name: 'name', complete: 'none' },
  ],
  examples: ['gantry rename web web-old'],
  async run(open, { args }) {
    const [engine, { selectContainer }, { rename }] = await Promise.all([
      open(),
      import('../../../engine/container/select.ts'),
      import('../../../engine/container/rename.ts'),
    ])
    const [container, name] = args as [string, string]
    await rename(engine, selectContainer(engine, container.replace(/^\//, '')), name)
    return 0
  },
})
