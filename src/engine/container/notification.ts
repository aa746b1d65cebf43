// Whom a start tells that the container is up: the service manager behind NOTIFY_SOCKET.

import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { errorMessage } from '../../base/errors.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { native } from '../../os/native.ts'
import type { NotifyRequest } from '../../runtime/monitor.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import type { StoredContainer } from './stored-container.ts'

/** Undefined where nobody is to be told. */
export function notificationOf({ notify }: Pick<CompleteSpec, 'notify'>): NotifyRequest | undefined {
  const { mode = 'container', isAwaited = false, socket = process.env['NOTIFY_SOCKET'] } = notify ?? {}
  if (mode === 'ignore' || (!socket && !isAwaited)) return undefined
  return { socket: isAwaited ? undefined : socket, isRelayed: mode === 'container', isReady: mode === 'conmon' }
}

/** Where the monitor makes the container's own socket. Idempotent. */
export function makeNotifyFolder(engine: Engine, { id, stored }: StoredContainer): string | undefined {
  if (notificationOf(stored.spec)?.isRelayed !== true) return undefined
  const folder = join(paths.runContainer(engine.at, id), containerFiles.run.notify)
  makeFolders(folder)
  chmodSync(folder, 0o755)
  return folder
}

/** The monitor tells nobody of a manager that it does not reach. */
export function warnOfDeafManager(engine: Engine, spec: CompleteSpec): void {
  const socket = notificationOf(spec)?.socket
  if (socket === undefined || socket.startsWith('@') || existsSync(socket)) return
  warn(engine, socket, 'it is not there')
}

/** What the monitor of a container that is started at once tells by itself. */
export function notifyStarted(engine: Engine, spec: CompleteSpec, monitorPid: number): void {
  const notification = notificationOf(spec)
  if (notification?.socket === undefined) return
  const lines = [`MAINPID=${monitorPid}`, ...(notification.isReady ? ['READY=1'] : [])]
  try {
    native().sendDatagram(notification.socket, Buffer.from(lines.join('\n')))
  } catch (error) {
    warn(engine, notification.socket, errorMessage(error))
  }
}

function warn(engine: Engine, socket: string, reason: string): void {
  engine.report({
    type: 'warning',
    message: `nobody is told that the container runs: NOTIFY_SOCKET ${socket}: ${reason}`,
  })
}
