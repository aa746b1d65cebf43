// Exec sessions whose client was killed. A session's folder is locked by the client in the foreground, its monitor.lock by the monitor.

import { closeSync, constants, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import { lockFlags, native } from '../../os/native.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { isLockHeld } from '../../state/lock.ts'

/** Between the folder's making and its lock, and between the monitor's end and its exit command, nobody holds anything. */
const graceMs = 10_000

/** Folders, in all containers. Lock-free. */
export function abandonedSessions(at: Layout): string[] {
  return list(paths.runContainers(at))
    .filter(isFullId)
    .flatMap((id) => {
      const folder = join(paths.runContainer(at, id), containerFiles.run.exec)
      return list(folder).map((session) => join(folder, session))
    })
    .filter(isAbandoned)
}

/** Idempotent. */
export function sweepSession(folder: string): void {
  const fd = absentAsUndefined(() => openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY))
  if (fd === undefined) return
  try {
    native().flock(fd, lockFlags.exclusive | lockFlags.nonBlocking)
    if (!isLockHeld(join(folder, containerFiles.run.monitorLock))) removeTree(folder)
  } catch (error) {
    if (errnoOf(error) !== 'EWOULDBLOCK' && errnoOf(error) !== 'EAGAIN') throw error
  } finally {
    closeSync(fd)
  }
}

function isAbandoned(folder: string): boolean {
  const stat = absentAsUndefined(() => statSync(folder))
  const isYoung = stat === undefined || Math.abs(Date.now() - stat.mtimeMs) < graceMs
  return !isYoung && !isLockHeld(folder) && !isLockHeld(join(folder, containerFiles.run.monitorLock))
}

function list(folder: string): string[] {
  return absentAsUndefined(() => readdirSync(folder)) ?? []
}
