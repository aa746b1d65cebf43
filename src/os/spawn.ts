// Starting programs where every millisecond counts: without node:child_process, which takes 9 ms to load and copies Node's page tables,
// and with no descriptor and no variable inherited that is not named.

import { isTraced, trace } from '../base/log.ts'
import { type ChildEnd, native, type WaitOptions } from './native.ts'

export interface SpawnRequest {
  /** From descriptor 0 on; `nothing` stands for /dev/null, `closed` for none. */
  readonly fds: readonly number[]
  /** The whole environment; `plainEnvironment()` unless said. */
  readonly environment?: Readonly<Record<string, string>> | undefined
  readonly workingFolder?: string | undefined
  /** System calls that the program and its children are refused: struct sock_filter's. */
  readonly filter?: Uint8Array | undefined
}

export const nothing = -1
export const closed = -2

export interface SpawnedProcess {
  readonly pid: number
  /** Resolves when it has ended and its outputs are at their end, whatever the exit code. To be called once: else a zombie stays. */
  end(options?: Partial<WaitOptions>): Promise<ChildEnd>
}

/** Traced under `exec`. @throws the error of execve(2), as node:fs throws errors */
export function spawnProcess(file: string, argv: readonly string[], request: SpawnRequest): SpawnedProcess {
  const startedAt = Date.now()
  const environment = Object.entries(request.environment ?? plainEnvironment()).map(
    ([name, value]) => `${name}=${value}`,
  )
  const { fds, filter, workingFolder: folder } = request
  const pid = native().spawn({ file, argv: [file, ...argv], environment, folder, fds, filter })
  return {
    pid,
    async end(options = {}) {
      const end = await native().waitChild(pid, { outputs: [], ...options })
      if (isTraced('exec')) traceEnd(file, argv, { ...end, durationMs: Date.now() - startedAt })
      return end
    },
  }
}

function traceEnd(file: string, argv: readonly string[], end: ChildEnd & { durationMs: number }): void {
  const { exitCode, signal, durationMs } = end
  trace('exec', `${file} ended`, { argv, code: signal === 0 ? exitCode : null, signal, durationMs })
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
