// trash/: what was renamed out of the way and is being deleted. Whoever deletes holds a lock on the very folder, so that everybody can
// tell a deletion under way from one that was killed.

import { closeSync, constants, openSync, readdirSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import { lockFlags, native } from '../os/native.ts'
import { type Layout, paths } from './layout.ts'
import { isLockHeld } from './lock.ts'

export interface Grave extends Disposable {
  /** Where the folder is now; deleting it is the caller's. */
  readonly path: string
}

/**
 * Renames the folder into trash/ under its name with `prefix`, and holds it until disposed. The folder's object is locked by the caller.
 * Undefined when there is no such folder. @throws ENOSPC, EDQUOT: then it stays where it is
 */
export function bury(at: Layout, folder: string, prefix = ''): Grave | undefined {
  const fd = absentAsUndefined(() => openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY))
  if (fd === undefined) return undefined
  const path = join(paths.trash(at), `${prefix}${basename(folder)}.${randomHex(6)}`)
  try {
    // Not for others who would delete it, but for an instant's look of theirs.
    native().flock(fd, lockFlags.exclusive)
    renameSync(folder, path)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  return grave(path, fd)
}

/** Paths of what nobody deletes any more. Lock-free. */
export function abandonedGraves(at: Layout): string[] {
  const names = absentAsUndefined(() => readdirSync(paths.trash(at))) ?? []
  return names.map((name) => join(paths.trash(at), name)).filter((path) => !isLockHeld(path))
}

/** Whether something whose name begins with `prefix` is being deleted at this instant. Lock-free. */
export function isBeingDeleted(at: Layout, prefix: string): boolean {
  const names = absentAsUndefined(() => readdirSync(paths.trash(at))) ?? []
  return names.some((name) => name.startsWith(prefix) && isLockHeld(join(paths.trash(at), name)))
}

/** Takes an abandoned grave over; undefined when somebody else deletes it, or has. */
export function reopenGrave(path: string): Grave | undefined {
  const fd = absentAsUndefined(() => openSync(path, constants.O_RDONLY))
  if (fd === undefined) return undefined
  try {
    native().flock(fd, lockFlags.exclusive | lockFlags.nonBlocking)
    return grave(path, fd)
  } catch (error) {
    closeSync(fd)
    if (errnoOf(error) === 'EWOULDBLOCK' || errnoOf(error) === 'EAGAIN') return undefined
    throw error
  }
}

function grave(path: string, fd: number): Grave {
  return { path, [Symbol.dispose]: () => closeSync(fd) }
}
