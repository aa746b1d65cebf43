// volume exists: by exit code, 0 or 1.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'volume', complete: 'volume' }],
  examples: ['gantry volume exists data'],
  run: async (open, { args: [name] }) => {
    const [engine, { readVolume }] = await Promise.all([open(), import('../../../volume/volume-store.ts')])
    return readVolume(engine.at, name as string) === undefined ? 1 : 0
  },
})
