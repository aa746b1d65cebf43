// Sockets that a service manager has opened for this process, sd_listen_fds(3), are those of the container that it starts.

import { fstatSync } from 'node:fs'
import { firstFds } from '../../runtime/preserved-fds.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'

export interface PassedOn {
  /** What the container's first process finds in its environment: it takes itself for whom they were opened. */
  readonly activation: readonly string[]
  /** Ascending. */
  readonly preservedFds: readonly number[]
}

/** `asked`: what goes on anyway. What holds a pod, or a service, together gets nothing else. */
export function passedOn({ source }: Pick<CompleteSpec, 'source'>, asked: readonly number[] = []): PassedOn {
  const sockets = source.kind === 'pause' ? undefined : openedSockets()
  if (sockets === undefined) return { activation: [], preservedFds: asked }
  const all = new Set([...sockets.fds, ...asked])
  return { activation: sockets.environment, preservedFds: [...all].sort((a, b) => a - b) }
}

const mostSockets = 1024

/** No descriptors where what was said of them is not so. `LISTEN_PID` may be that of a shell which has started us. */
function openedSockets() {
  const { LISTEN_FDS: said = '', LISTEN_FDNAMES: names, LISTEN_PID: pid } = process.env
  const count = /^\d{1,4}$/.test(said) ? Number(said) : 0
  if (count === 0 || count > mostSockets) return undefined
  const environment = [
    `LISTEN_FDS=${said}`,
    ...(pid === undefined ? [] : ['LISTEN_PID=1']),
    ...(names === undefined ? [] : [`LISTEN_FDNAMES=${names}`]),
  ]
  const fds = firstFds(count)
  return { environment, fds: fds.every((fd) => isOurs(fd, pid)) ? fds : [] }
}

/** Another one with that number is Node's own; which has no sockets yet. */
function isOurs(fd: number, pid: string | undefined): boolean {
  try {
    return fstatSync(fd).isSocket() || pid === String(process.pid)
  } catch {
    return false
  }
}
