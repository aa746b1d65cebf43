// manifest exists: the answer is the exit code, 0 or 1.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'manifest', complete: 'image' }],
  examples: ['gantry manifest exists mylist || gantry manifest create mylist'],
  async run(open, { args: [name = ''] }) {
    const [engine, { exists }] = await Promise.all([open(), import('../../../engine/manifest/exists.ts')])
    return (await exists(engine, name)) ? 0 : 1
  },
})
