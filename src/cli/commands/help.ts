// gantry help: the same text as --help.

import { defineCommand } from '../command.ts'
import { findCommand } from '../find-command.ts'
import { commandHelp, groupHelp, rootHelp } from '../help.ts'
import { print } from '../render/print.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'command', usage: '[command]', isVariadic: true, isOptional: true, complete: 'none' }],
  examples: ['gantry help run', 'gantry help image load'],
  run: async (_open, { args }) => {
    const found = findCommand(args)
    if (found.kind === 'command') print(await commandHelp(found.path))
    else print(found.path.length === 0 ? rootHelp() : groupHelp(found.path))
    return 0
  },
})
