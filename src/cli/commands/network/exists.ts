// network exists: the answer is the exit code, 0 or 1.

import { EngineError } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'network', complete: 'network' }],
  examples: ['gantry network exists web || gantry network create web'],
  async run(open, { args }) {
    const [engine, { findNetwork }] = await Promise.all([open(), import('../../../network/record/store.ts')])
    try {
      findNetwork(engine.at, engine.settings.network, args[0] as string)
      return 0
    } catch (error) {
      if (error instanceof EngineError && error.code === 'network-unknown') return 1
      throw error
    }
  },
})
