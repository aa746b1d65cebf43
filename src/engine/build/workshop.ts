// Where one stage is built: containers/build-<id>, no container but with a container's folders, whose lock its maker holds for life. Found
// without that lock it is a dead maker's: sweep-workshops.ts takes it away.

import { chmodSync, chownSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { type ContainerId, newId } from '../../base/ids.ts'
import { runAllSteps } from '../../base/run-all-steps.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { acquireLock, type HeldLock } from '../../state/lock.ts'
import { setTimes } from '../../storage/copy-tree.ts'
import type { WritableFolders } from '../../storage/driver.ts'
import { unmountIfMounted } from '../../storage/mount-state.ts'
import { takeDownOverlays } from '../container/overlay-mounts.ts'
import { networkTeardown } from '../container/set-up-network.ts'
import { removeRunFolder } from '../container/sweep.ts'
import type { Engine } from '../engine.ts'
import { lowersOf, type Stack, treesOf } from './stack.ts'

export const workshopPrefix = 'build-'

export interface Workshop extends AsyncDisposable {
  /** Takes a container's place in names of folders. */
  readonly id: ContainerId
  readonly folder: string
}

/** A root file system that a step writes to. */
export interface Bench {
  readonly merged: string
  /** Holds all that the step has written. */
  readonly upper: string
}

export async function openWorkshop(engine: Engine): Promise<Workshop> {
  const id = `${workshopPrefix}${newId()}` as ContainerId
  const folder = paths.container(engine.at, id)
  const lock = await makeLocked(engine, folder)
  return {
    id,
    folder,
    async [Symbol.asyncDispose]() {
      using _lock = lock
      await takeDownWorkshop(engine, id)
    },
  }
}

/** Idempotent. Its lock is held. */
export async function takeDownWorkshop(engine: Engine, id: string): Promise<void> {
  const folder = paths.container(engine.at, id)
  const steps = [
    ...networkTeardown(engine, id),
    () => takeDownOverlays(engine, id),
    () => engine.storage().unmountContainer(id as ContainerId),
    () => unmountIfMounted(join(folder, containerFiles.root.merged)),
    () => removeRunFolder(engine, id),
    () => removeTree(folder),
  ]
  await runAllSteps(steps, 'taking down the workshop of a build failed')
}

/**
 * An empty upper folder over the stack, mounted. Before the next call `clear` or `takeUpper` is called. Where the store cannot take an upper
 * folder over, the stack has been published.
 */
export function setUpBench(engine: Engine, { id, folder }: Workshop, stack: Stack): Bench {
  const driver = engine.storage()
  const upper = join(folder, containerFiles.root.upper)
  makeUpper(upper, treesOf(engine.at, stack)[0])
  if (driver.mountOver === undefined) {
    const merged = driver.mountContainer(
      id,
      stack.map(({ chainId }) => chainId),
      { isVolatile: true },
    )
    return { merged, upper: driver.whiteouts === 'vfs' ? merged : upper }
  }
  const folders = foldersIn(folder)
  driver.mountOver(folders, lowersOf(engine.at, stack))
  return folders
}

/** What the step has written, moved to `path` in the workshop's folder; the bench is clear. Only where the driver has `mountOver`. */
export function takeUpper(engine: Engine, workshop: Workshop, path: string): void {
  unmountIfMounted(join(workshop.folder, containerFiles.root.merged))
  renameSync(join(workshop.folder, containerFiles.root.upper), path)
  clearBench(engine, workshop)
}

/** What the step has written is forgotten, or has been taken. Idempotent. */
export function clearBench(engine: Engine, { id, folder }: Workshop): void {
  const driver = engine.storage()
  if (driver.mountOver === undefined) driver.unmountContainer(id)
  else unmountIfMounted(join(folder, containerFiles.root.merged))
  const { upper, work, merged } = containerFiles.root
  for (const name of [upper, work, ...(driver.whiteouts === 'vfs' ? [merged] : [])]) removeTree(join(folder, name))
}

function foldersIn(folder: string): WritableFolders {
  const { merged, upper, work } = containerFiles.root
  const path = (name: string) => join(folder, name)
  const folders = { merged: path(merged), upper: path(upper), work: path(work), empty: path('empty') }
  for (const one of [folders.merged, folders.empty]) makeFolders(one, 0o755)
  makeFolders(folders.work, 0o700)
  return folders
}

/** What it is shows as `/`: that of the layer below, to the time. */
function makeUpper(upper: string, below: string | undefined): void {
  makeFolders(upper)
  const stat = below === undefined ? undefined : absentAsUndefined(() => statSync(below, { bigint: true }))
  chmodSync(upper, stat === undefined ? 0o755 : Number(stat.mode) & 0o7777)
  if (stat === undefined) return
  if (stat.uid !== 0n || stat.gid !== 0n) chownSync(upper, Number(stat.uid), Number(stat.gid))
  setTimes(upper, stat)
}

async function makeLocked(engine: Engine, folder: string): Promise<HeldLock> {
  const path = join(folder, containerFiles.root.lock)
  for (;;) {
    try {
      makeFolders(folder, 0o700)
      const lock = await acquireLock({ path, kind: 'container', label: 'the workshop of a build' }, engine.patience)
      if (lock.isCurrent) return lock
      lock[Symbol.dispose]()
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error
    }
  }
}
