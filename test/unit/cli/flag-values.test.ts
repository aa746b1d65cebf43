import { expect, test } from 'vitest'
import ps from '../../../src/cli/commands/container/ps.ts'
import stop from '../../../src/cli/commands/container/stop.ts'
import { parseCommand } from '../../../src/cli/yargs.ts'

test.each([
  [ps, ['--sort', 'colour'], '"colour" is not a valid value'],
  [ps, ['--watch', 'soon'], 'strconv.ParseInt: parsing "soon": invalid syntax'],
  [ps, ['--all=maybe'], 'strconv.ParseBool: parsing "maybe": invalid syntax'],
  [stop, ['--time', '', 'web'], 'strconv.ParseInt: parsing "": invalid syntax'],
])('parseCommand refuses %# %j', (command, words, message) => {
  expect(() => parseCommand(command, { path: ['x'], words })).toThrow(message)
})
