// Mounts below containers/ that belong to no container that runs or is at work.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isFullId } from '../../base/ids.ts'
import { mountsBelow } from '../../os/mounts.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { isLockHeld } from '../../state/lock.ts'
import { unmountIfMounted } from '../../storage/mount-state.ts'
import { handMounts } from '../container/hand-mounts.ts'
import { tryLockContainer } from '../container/lock-container.ts'
import { readStoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import type { Problem } from './problem.ts'

export function checkMounts(engine: Engine): Problem[] {
  return mountsBelow(paths.containers(engine.at))
    .filter((path) => isStray(engine.at, path))
    .map((path) => ({
      code: 'mount-left',
      message: `'${path}' is mounted, but its container does not run`,
      heal: () => unmount(engine, path),
    }))
}

function unmount(engine: Engine, path: string): void {
  const id = ownerOf(engine.at, path)
  using locked = tryLockContainer(engine, id)
  if (existsSync(paths.container(engine.at, id)) && locked === undefined) return
  if (isStrayOf(engine.at, id)) unmountIfMounted(path)
}

function isStray(at: Layout, path: string): boolean {
  const id = ownerOf(at, path)
  const lock = join(paths.container(at, id), containerFiles.root.lock)
  return isFullId(id) && isStrayOf(at, id) && !isLockHeld(lock) && isStrayOf(at, id)
}

/** Where there is a run folder, check-leftovers.ts decides. */
function isStrayOf(at: Layout, id: string): boolean {
  if (existsSync(paths.runContainer(at, id))) return false
  try {
    const container = readStoredContainer(at, id)
    if (container === undefined) return true
    return !isAlive(container.live) && handMounts(at, id) === 0
  } catch {
    // A damaged record says nothing: check-containers.ts names it.
    return false
  }
}

function ownerOf(at: Layout, path: string): string {
  return path.slice(paths.containers(at).length + 1).split('/')[0] ?? ''
}
