// `--ssh`: an agent's socket as it is, or an agent of our own for the time of a step, with keys from files.

import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { execute, runProcess } from '../../os/exec.ts'
import { signalQuietly } from '../../os/process.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { plainEnvironment } from '../../os/spawn.ts'
import type { Engine } from '../engine.ts'
import type { SshSource } from './build-request.ts'

/** Path of a socket. @throws invalid `ssh-invalid`; not-found `program-not-found`; unavailable `program-failed` */
export async function sshSocket(
  engine: Engine,
  { id, paths }: SshSource,
  cleanup: AsyncDisposableStack,
): Promise<string> {
  const [first] = paths
  if (first === undefined) throw invalidSource(id, 'nothing')
  const stat = absentAsUndefined(() => statSync(first))
  if (stat === undefined) throw invalidSource(id, first)
  if (stat.isSocket()) return first
  const folder = mkdtempSync(join(tmpdir(), 'gantry-ssh-'))
  cleanup.defer(() => removeTree(folder))
  const socket = join(folder, 'agent')
  const said = await execute('ssh-agent', ['-a', socket], { signal: engine.signal })
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(said)?.[1])
  cleanup.defer(() => signalQuietly(pid, 'SIGTERM'))
  const environment = { ...plainEnvironment(), SSH_AUTH_SOCK: socket }
  const { exitCode, stderr } = await runProcess('ssh-add', ['-q', ...paths], { environment, signal: engine.signal })
  if (exitCode !== 0) throw invalidSource(id, stderr.trim())
  return socket
}

function invalidSource(id: string, what: string): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'ssh-invalid',
    message: `--ssh ${id}: no agent's socket and no key: ${what}`,
    hint: 'Give a socket or a key file: --ssh default=$SSH_AUTH_SOCK',
  })
}
