// container exists: the answer is the exit code, 0 or 1.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {
    external: {
      type: 'boolean',
      describe: 'Check external storage containers as well: Gantry knows of none',
    },
  },
  positionals: [{ name: 'container', complete: 'container' }],
  examples: ['gantry container exists web || gantry run --name web …'],
  async run(open, { args }) {
    const [engine, { findContainer }] = await Promise.all([
      open(),
      import('../../../engine/container/find-container.ts'),
    ])
    return findContainer(engine.at, (args[0] as string).replace(/^\//, '')) === undefined ? 1 : 0
  },
})
