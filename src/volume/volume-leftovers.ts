// What killed processes left of volumes: passing folders, drafts of records, half-filled copies, holders of containers that are gone. Each is taken
// away under the volume's own lock, and only if nobody holds that.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf } from '../base/errors.ts'
import { removeTree } from '../os/remove-tree.ts'
import { type Layout, paths, volumeFiles } from '../state/layout.ts'
import { type HeldLock, isLockHeld, tryAcquireLock } from '../state/lock.ts'
import { abandonedVolumes, readVolume, sweepAbandonedVolumes, volumeNames } from './volume-store.ts'

/** Paths. Lock-free; a copy that has arrived in full is none: the next use goes on with it. */
export function volumeLeftovers(at: Layout): string[] {
  return [...abandonedVolumes(at), ...volumeNames(at).flatMap((name) => leftIn(at, name))]
}

/** Removes them, and answers their paths. Idempotent; needs no free space. */
export function sweepVolumeLeftovers(at: Layout): string[] {
  const swept = volumeNames(at).flatMap((name) => (leftIn(at, name).length === 0 ? [] : sweepOne(at, name)))
  return [...sweepAbandonedVolumes(at), ...swept]
}

function leftIn(at: Layout, name: string): string[] {
  if (candidates(at, name).length === 0 || isLockHeld(lockPath(at, name))) return []
  return candidates(at, name)
}

function sweepOne(at: Layout, name: string): string[] {
  using lock = lockIfFree(at, name)
  if (lock?.isCurrent !== true) return []
  const found = candidates(at, name)
  for (const path of found) removeTree(path)
  return found
}

function candidates(at: Layout, name: string): string[] {
  const draft = join(paths.volume(at, name), volumeFiles.draft)
  const arriving = join(paths.volume(at, name), volumeFiles.arriving)
  return [
    ...(existsSync(draft) ? [draft] : []),
    ...(existsSync(arriving) && readVolume(at, name)?.copyUp === 'wanted' ? [arriving] : []),
  ]
}

function lockPath(at: Layout, name: string): string {
  return join(paths.volume(at, name), volumeFiles.lock)
}

function lockIfFree(at: Layout, name: string): HeldLock | undefined {
  try {
    return tryAcquireLock({ path: lockPath(at, name), kind: 'volume', label: `volume ${name}` })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    return undefined
  }
}
