// Workshops that a killed build has left: what runs in them ends, and all of them goes. The layers that it had finished are the store's.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { killCgroup } from '../../os/cgroup.ts'
import { killByMounts } from '../../os/stray-processes.ts'
import { deleteByRuntime } from '../../runtime/delete.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { isLockHeld, tryAcquireLock } from '../../state/lock.ts'
import { readBundleConfig } from '../container/bundle-config.ts'
import { groupOf } from '../container/cgroup-path.ts'
import type { Engine } from '../engine.ts'
import { takeDownWorkshop, workshopPrefix } from './workshop.ts'

/** Ids. Lock-free. */
export function abandonedWorkshops(at: Layout): string[] {
  const ids = (absentAsUndefined(() => readdirSync(paths.containers(at))) ?? []).filter((name) =>
    name.startsWith(workshopPrefix),
  )
  // Its maker has it for an instant without the lock.
  return ids.filter((id) => existsSync(lockOf(at, id)) && !isLockHeld(lockOf(at, id)))
}

/** Idempotent; needs no free space. */
export async function sweepWorkshops(engine: Engine): Promise<void> {
  for (const id of abandonedWorkshops(engine.at)) {
    using lock = lockIfFree(engine.at, id)
    if (lock?.isCurrent !== true) continue
    await endProcesses(engine, id)
    await takeDownWorkshop(engine, id)
  }
}

async function endProcesses(engine: Engine, id: string): Promise<void> {
  const { settings, at } = engine
  const path = readBundleConfig(at, id)?.linux.cgroupsPath
  const manager = path?.includes(':') === true ? 'systemd' : 'cgroupfs'
  if (path === undefined) await killByMounts(id)
  else await killCgroup(groupOf(path, manager, settings.isRootless))
  const root = ['--root', paths.runtimeState(at, settings.runtime.name)]
  await deleteByRuntime(at, { ...settings.runtime, globalArguments: root }, id)
}

function lockIfFree(at: Layout, id: string) {
  try {
    return tryAcquireLock({ path: lockOf(at, id), kind: 'container', label: 'the workshop of a build' })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    return undefined
  }
}

function lockOf(at: Layout, id: string): string {
  return join(paths.container(at, id), containerFiles.root.lock)
}
