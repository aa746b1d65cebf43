// logout: what login kept is forgotten.

import { invalid } from '../../../base/errors.ts'
import { defineCommand } from '../../command.ts'
import { authFileOptions, toAuthFileChoice } from '../../options/auth-file.ts'
import { checkAuthFile } from '../../options/registry-access.ts'
import { printLine } from '../../render/print.ts'

export default defineCommand({
  options: {
    ...authFileOptions,
    all: { type: 'boolean', short: 'a', describe: 'Remove the credentials for all registries in the auth file' },
  },
  positionals: [{ name: 'registry', isOptional: true }],
  examples: ['gantry logout quay.io', 'gantry logout --authfile dir/auth.json quay.io', 'gantry logout --all'],
  async run(open, { options, args }) {
    const choice = toAuthFileChoice({ options })
    checkAuthFile(choice.authFile)
    checkAuthFile(choice.compatFile)
    if (options.all && args.length > 0) throw invalid('arguments-invalid', '--all takes no arguments')
    const engine = await open()
    const { logout, logoutEverywhere } = await import('../../../engine/registry/logout.ts')
    if (options.all) {
      await logoutEverywhere(engine, choice)
      printLine('Removed login credentials for all registries')
    } else {
      printLine(`Removed login credentials for ${await logout(engine, args[0], choice)}`)
    }
    return 0
  },
})
