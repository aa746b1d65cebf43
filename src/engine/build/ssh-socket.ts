// `--ssh`: the user's agent, or for the time of a step one of our own with keys from files, behind a socket that is the step's.

import { once } from 'node:events'
import { chmodSync, mkdtempSync, statSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { execute, runProcess } from '../../os/exec.ts'
import { native } from '../../os/native.ts'
import { signalQuietly } from '../../os/process.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { plainEnvironment } from '../../os/spawn.ts'
import type { Engine } from '../engine.ts'
import type { SshSource } from './build-request.ts'

/** Whose the socket in the step is; root's alone unless said. */
export interface SshOwner {
  readonly uid?: number
  readonly gid?: number
  readonly mode?: number
}

/**
 * Path of a socket that leads to the agent: one of our own, for an agent answers its owner alone, and the step's user may be another.
 * @throws invalid `ssh-invalid`; not-found `program-not-found`; unavailable `program-failed`
 */
export async function sshSocket(
  engine: Engine,
  { source, owner }: { readonly source: SshSource; readonly owner: SshOwner },
  cleanup: AsyncDisposableStack,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-ssh-'))
  cleanup.defer(() => removeTree(folder))
  const agent = await agentOf(engine, { source, folder }, cleanup)
  const socket = join(folder, 'forwarded')
  const server = createServer((client) => forward(client, agent))
  cleanup.defer(() => void server.close())
  server.listen(socket)
  await once(server, 'listening')
  const { uid = 0, gid = 0, mode = 0o600 } = owner
  native().lchown(socket, uid, gid)
  chmodSync(socket, mode)
  return socket
}

/** Either end that goes takes the other along. */
function forward(client: Socket, agent: string): void {
  const upstream = connect(agent)
  pipeline(client, upstream, client, () => undefined)
}

/** The user's own, or one with the keys for the time of the step. */
async function agentOf(
  engine: Engine,
  { source: { id, paths }, folder }: { readonly source: SshSource; readonly folder: string },
  cleanup: AsyncDisposableStack,
): Promise<string> {
  const [first] = paths
  if (first === undefined) throw invalidSource(id, 'nothing')
  const stat = absentAsUndefined(() => statSync(first))
  if (stat === undefined) throw invalidSource(id, first)
  if (stat.isSocket()) return first
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
