// mount and unmount: a container's root file system for the host's use, mounted as long as somebody wants it.

import { EngineError } from '../../base/errors.ts'
import { isAlive } from '../../runtime/live-state.ts'
import type { Engine } from '../engine.ts'
import { handMounts, setHandMounts } from './hand-mounts.ts'
import { lockContainer } from './lock-container.ts'
import { isRootfsMounted, rootfsPath, setUpRootfs, takeDownRootfs } from './rootfs.ts'
import { allContainers } from './select.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

export interface MountedContainer {
  readonly container: StoredContainer
  readonly path: string
}

/** Counted: as often as this is called, `unmount` must be. @throws not-found `container-unknown`; what mounting throws */
export async function mount(engine: Engine, target: ContainerRef): Promise<string> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  const count = handMounts(engine.at, container.id)
  // First the count: what is mounted and not counted is taken for a leftover.
  setHandMounts(engine.at, container.id, count + 1)
  try {
    const path = setUpRootfs(engine, container)
    engine.events.append({ ...eventSubject(container), status: 'mount' })
    return path
  } catch (error) {
    setHandMounts(engine.at, container.id, count)
    throw error
  }
}

/** Those whose root file system is mounted, whoever did it, newest first. Lock-free. */
export function mountedContainers(engine: Engine): MountedContainer[] {
  return allContainers(engine.at)
    .filter((container) => isRootfsMounted(engine, container))
    .map((container) => ({ container, path: rootfsPath(engine, container) }))
}

export interface UnmountRequest {
  readonly container: ContainerRef
  /** However often it was mounted. */
  readonly isForced: boolean
  /** One that is not mounted is passed over. */
  readonly isLenient: boolean
}

/**
 * Undoes one `mount`; the last one unmounts. False where there was nothing to undo.
 * @throws conflict `container-unmounted`; not-found `container-unknown`
 */
export async function unmount(engine: Engine, request: UnmountRequest): Promise<boolean> {
  using locked = await lockContainer(engine, request.container)
  const { container } = locked
  const count = handMounts(engine.at, container.id)
  // Its own use is not ours to end.
  if (count === 0 && isAlive(container.live)) return false
  if (!isRootfsMounted(engine, container) && !request.isForced) {
    if (request.isLenient) return false
    throw notMounted(container)
  }
  setHandMounts(engine.at, container.id, request.isForced ? 0 : count - 1)
  if (!isAlive(container.live)) takeDownRootfs(engine, container)
  engine.events.append({ ...eventSubject(container), status: 'unmount' })
  return true
}

function notMounted({ id }: StoredContainer): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'container-unmounted',
    message: `unmounting container ${id}: its root file system is not mounted`,
  })
}
