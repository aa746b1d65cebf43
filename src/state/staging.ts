// staging/ and $RUN/pins: files that are not yet what they will be, or only stand for somebody at work. Each is locked by the process that fills it; found without that lock it is a dead
// process's, and anybody's to sweep. Part files of blobs alone are kept: the next attempt goes on with them.

import { closeSync, constants, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../base/errors.ts'
import { removeFile } from '../os/atomic-file.ts'
import { lockFlags, native } from '../os/native.ts'
import { type Layout, paths } from './layout.ts'
import { isLockHeld, isSameFile, tryAcquireLock } from './lock.ts'

export interface StagedFile extends Disposable {
  readonly path: string
  /** Open for reading and writing, at its beginning. Closed by disposing. */
  readonly fd: number
}

/** A new and empty file, ours until disposed: then it is removed, unless it was renamed away. `newPath` gives another path each time. */
export function openStaged(newPath: () => string): StagedFile {
  for (;;) {
    const path = newPath()
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600)
    native().flock(fd, lockFlags.exclusive)
    // A sweep may have come between the two calls.
    if (isSameFile(fd, path)) return { path, fd, [Symbol.dispose]: () => discard(path, fd) }
    closeSync(fd)
  }
}

/** Paths of what nobody fills any more. Lock-free. */
export function abandonedStaged(at: Layout): string[] {
  return [paths.blobStaging(at), paths.pins(at)]
    .flatMap((folder) => (absentAsUndefined(() => readdirSync(folder)) ?? []).map((name) => join(folder, name)))
    .filter((path) => !path.endsWith('.part') && !isLockHeld(path))
}

/** Removes what nobody fills any more; answers the paths. Idempotent; needs no free space. */
export function sweepStaged(at: Layout): string[] {
  return abandonedStaged(at).filter((path) => {
    using lock = tryAcquireLock({ path, kind: 'layer', label: path })
    if (lock?.isCurrent !== true) return false
    removeFile(path)
    return true
  })
}

function discard(path: string, fd: number): void {
  removeFile(path)
  closeSync(fd)
}
