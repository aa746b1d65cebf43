// Run folders that nobody tends: their monitor was killed, or the client that was starting one, or the command that cleans up. What they
// left (mounts, control group, frozen `runc init`, runtime state) goes under the container's lock.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import { killCgroup } from '../../os/cgroup.ts'
import { flockOwner } from '../../os/flock-owner.ts'
import { killQuietly } from '../../os/process.ts'
import { killByMounts } from '../../os/stray-processes.ts'
import { deleteByRuntime } from '../../runtime/delete.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { acquireLock, isLockHeld, tryAcquireLock } from '../../state/lock.ts'
import { isBeingDeleted } from '../../state/trash.ts'
import type { Engine } from '../engine.ts'
import { readBundleConfig } from './bundle-config.ts'
import { groupOf } from './cgroup-path.ts'
import { cleanupLocked } from './cleanup.ts'
import { isBusy, tryLockContainer } from './lock-container.ts'
import { networkTeardown } from './set-up-network.ts'
import { removeRunFolder } from './sweep.ts'

/** A monitor starts its exit command as it ends: that has this long to come up and take the container's lock. */
const cleanupGraceMs = 10_000

/** Ids. Lock-free; what is being started, stopped or removed at this instant is none. */
export function abandonedRuns(at: Layout): string[] {
  const ids = (absentAsUndefined(() => readdirSync(paths.runContainers(at))) ?? []).filter(isFullId)
  // A start hands over from the container's lock to the monitor's: looked at in this order, one of them is seen.
  return ids.filter((id) => isUntended(at, id) && !isBusy(at, id) && isUntended(at, id))
}

/** Takes down what is left of it; one run with --rm is removed. False when somebody tends it after all. */
export async function sweepAbandonedRun(engine: Engine, id: string): Promise<boolean> {
  if (!existsSync(paths.container(engine.at, id))) {
    if (!isUntended(engine.at, id)) return false
    await sweepOrphanRun(engine, id)
    return true
  }
  using locked = tryLockContainer(engine, id)
  if (locked === undefined || isAlive(locked.container.live) || !isUntended(engine.at, id)) return false
  await cleanupLocked(engine, locked.container)
  return true
}

function isUntended(at: Layout, id: string): boolean {
  const folder = paths.runContainer(at, id)
  if (isOrphan(at, id)) return !isBeingDeleted(at, `${id}.`) && isOrphan(at, id)
  if (isLockHeld(join(folder, containerFiles.run.monitorLock))) return false
  const exit = absentAsUndefined(() => statSync(join(folder, containerFiles.run.exit)))
  const isEnding = exit !== undefined && Math.abs(Date.now() - exit.mtimeMs) < cleanupGraceMs
  return !isEnding && existsSync(folder)
}

/** There is a run folder and no container. */
function isOrphan(at: Layout, id: string): boolean {
  return existsSync(paths.runContainer(at, id)) && !existsSync(paths.container(at, id))
}

/** The container is gone, and the caller knows that nobody is removing it: even a monitor that lives is nobody's then. */
export async function sweepOrphanRun(engine: Engine, id: string): Promise<void> {
  if (!isOrphan(engine.at, id)) return
  const path = join(paths.runContainer(engine.at, id), containerFiles.run.monitorLock)
  const request = { path, kind: 'monitor', label: `the monitor of container ${id.slice(0, 12)}` } as const
  const free = tryAcquireLock(request)
  const monitor = free === undefined ? flockOwner(path) : undefined
  if (monitor !== undefined) killQuietly(monitor)
  using _monitor = free ?? (await acquireLock(request, engine.patience))
  const cgroup = cgroupOfRun(engine, id)
  if (cgroup === undefined) await killByMounts(id)
  else await killCgroup(cgroup)
  await deleteByRuntime(engine.at, { ...engine.settings.runtime, globalArguments: runtimeRoot(engine) }, id)
  for (const step of networkTeardown(engine, id)) await step()
  removeRunFolder(engine, id)
}

function cgroupOfRun(engine: Engine, id: string): string | undefined {
  const path = readBundleConfig(engine.at, id)?.linux.cgroupsPath
  if (path === undefined) return undefined
  return groupOf(path, path.includes(':') ? 'systemd' : 'cgroupfs', engine.settings.isRootless)
}

function runtimeRoot(engine: Engine): string[] {
  return ['--root', paths.runtimeState(engine.at, engine.settings.runtime.name)]
}
