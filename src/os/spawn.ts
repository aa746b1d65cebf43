// Starting programs where every millisecond counts: node:child_process, with no descriptor and no variable inherited that is not named.

import { type ChildProcess, spawn } from 'node:child_process'
import { isTraced, trace } from '../base/log.ts'

export interface SpawnRequest {
  /** From descriptor 0 on. */
  readonly stdio: readonly ('ignore' | 'inherit' | 'pipe' | number)[]
  /** The whole environment; `plainEnvironment()` unless said. */
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly workingFolder?: string | undefined
}

/** Failure to start arrives as the child's `error` event. Traced under `exec`. */
export function spawnProcess(file: string, argv: readonly string[], request: SpawnRequest): ChildProcess {
  const startedAt = Date.now()
  const child = spawn(file, argv, {
    stdio: [...request.stdio],
    env: { ...(request.environment ?? plainEnvironment()) },
    cwd: request.workingFolder,
  })
  if (isTraced('exec')) {
    child.once('exit', (code, signal) => {
      const durationMs = Date.now() - startedAt
      trace('exec', `${file} ended`, { argv, code, signal, durationMs })
    })
  }
  return child
}

const passedOn = ['HOME', 'TMPDIR', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS']
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What a program needs to find others and the user's systemd (runc --systemd-cgroup does); no secret of the user's is in it. */
export function plainEnvironment(): Record<string, string> {
  const given = passedOn.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { PATH: process.env['PATH'] || usualPath, ...Object.fromEntries(given) }
}
