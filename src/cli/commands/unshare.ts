// gantry unshare: a command in the user namespace that rootless containers live in. The launcher has entered it before Node
// started, so all that is left is to become the command.

import { EngineError } from '../../base/errors.ts'
import { native } from '../../os/native.ts'
import { defineCommand } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { findProgram } from '../find-program.ts'
import { printError } from '../render/error.ts'

export default defineCommand({
  options: {},
  positionals: [{ name: 'command', isRest: true, isOptional: true, complete: 'none' }],
  examples: ['gantry unshare id', 'gantry unshare cat /proc/self/uid_map', 'gantry unshare'],
  description:
    "Runs the command, or your shell, in rootless containers' user namespace: files of containers can be seen and removed there",
  run: async (_open, { args }) => {
    if (process.env['_GANTRY_ROOTLESS_UID'] === undefined) throw alreadyRoot()
    const argv = args.length > 0 ? args : [process.env['SHELL'] || '/bin/sh']
    return become(argv as [string, ...string[]])
  },
})

function become(argv: [string, ...string[]]): number {
  const found = findProgram(argv[0], process.env['PATH'] ?? '')
  if (found.kind !== 'found') {
    const reason = found.kind === 'absent' ? 'executable file not found in $PATH' : 'permission denied'
    printError(
      new EngineError({
        kind: 'not-found',
        code: 'program-unknown',
        message: `exec: ${JSON.stringify(argv[0])}: ${reason}`,
      }),
    )
    return found.kind === 'absent' ? exitCodes.notFound : exitCodes.notExecutable
  }
  // For commands that make sense only where the mounts are.
  const env = Object.entries({ ...process.env, _GANTRY_UNSHARED: '1' }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  )
  return native().execve(found.path, argv, env)
}

function alreadyRoot(): EngineError {
  return new EngineError({ kind: 'invalid', code: 'unshare-as-root', message: 'please use unshare with rootless' })
}
