// secret exists: by exit code, 0 or 1.

import { defineCommand } from '../../command.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'secret', complete: 'secret' }],
  examples: ['gantry secret exists db-password || gantry secret create db-password ./password'],
  run: async (open, { args: [name] }) => {
    const [engine, { findSecret, isSecretUnknown }] = await Promise.all([
      open(),
      import('../../../secret/secret-store.ts'),
    ])
    try {
      findSecret(engine.at, name as string)
      return 0
    } catch (error) {
      if (isSecretUnknown(error)) return 1
      throw error
    }
  },
})
