// A command's own look at a container's root file system: mounted for as long as that takes, unless it is mounted anyway. What a killed
// command left mounted goes with the next command that changes something.

import { closeSync, constants, existsSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { absentAsUndefined } from '../../base/errors.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { type Layout, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { isBusy, lockContainer, tryLockContainer } from './lock-container.ts'
import { isRootfsMounted, rootfsPath, setUpRootfs, takeDownRootfs } from './rootfs.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'
import { takeDownExtras } from './sweep.ts'

export interface PassingMount extends AsyncDisposable {
  readonly path: string
}

/** Mounted until disposed. The container's lock is held until then. */
export function mountInPassing(engine: Engine, container: StoredContainer): PassingMount {
  if (isAlive(container.live) || isRootfsMounted(engine, container)) {
    return { path: rootfsPath(engine, container), [Symbol.asyncDispose]: async () => undefined }
  }
  const mark = paths.passingMount(engine.at, container.id)
  makeFolders(paths.runMounts(engine.at), 0o700)
  writeFileSync(mark, '', { mode: 0o600 })
  const undo = async () => {
    await takeDownExtras(engine, container)
    takeDownRootfs(engine, container)
    removeFile(mark)
  }
  try {
    return { path: setUpRootfs(engine, container), [Symbol.asyncDispose]: undo }
  } catch (error) {
    removeFile(mark)
    throw error
  }
}

export interface SeenRoot extends AsyncDisposable {
  readonly container: StoredContainer
  /** Of the root's folder; what is mounted over it inside is not seen. */
  readonly fd: number
}

/** A container's root file system to read. What runs is not held up meanwhile; what does not cannot be started or removed. */
export async function seeRoot(engine: Engine, target: ContainerRef): Promise<SeenRoot> {
  await using stack = new AsyncDisposableStack()
  const locked = stack.use(await lockContainer(engine, target))
  const { container } = locked
  const { path } = stack.use(mountInPassing(engine, container))
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  stack.defer(() => closeSync(fd))
  // The descriptor keeps the mount.
  if (isAlive(container.live)) locked[Symbol.dispose]()
  const rest = stack.move()
  return { container, fd, [Symbol.asyncDispose]: async () => rest.disposeAsync() }
}

/** Ids of containers that a killed command left mounted. Lock-free. */
export function abandonedMounts(at: Layout): string[] {
  const names = absentAsUndefined(() => readdirSync(paths.runMounts(at))) ?? []
  return names
    .filter((name) => name.endsWith('.passing'))
    .map((name) => name.slice(0, -'.passing'.length))
    .filter((id) => !isBusy(at, id) && existsSync(paths.passingMount(at, id)))
}

/** Idempotent. */
export async function sweepAbandonedMount(engine: Engine, id: string): Promise<void> {
  if (!existsSync(paths.container(engine.at, id))) {
    removeFile(paths.passingMount(engine.at, id))
    return
  }
  using locked = tryLockContainer(engine, id)
  if (locked === undefined) return
  if (!isAlive(locked.container.live)) {
    await takeDownExtras(engine, locked.container)
    takeDownRootfs(engine, locked.container)
  }
  removeFile(paths.passingMount(engine.at, id))
}
