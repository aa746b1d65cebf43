// Control groups of containers that do not run. Several state directories may share a parent group: a group whose container we do not
// know is ours only if a process in it says so. (Empty ones are nobody's harm; that of a container that has just ended is empty, too.)

import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { cgroupExists, groupsBelow, killCgroup, pidsInCgroup } from '../../os/cgroup.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { ociCgroupsPath } from '../../spec/cgroup.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { isBeingDeleted } from '../../state/trash.ts'
import { cgroupSurroundings, groupOf } from '../container/cgroup-path.ts'
import { containerIds } from '../container/find-container.ts'
import { isBusy, tryLockContainer } from '../container/lock-container.ts'
import { readStoredContainer, type StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import type { Problem } from './problem.ts'

export function checkCgroups(engine: Engine): Problem[] {
  return [...idleGroups(engine), ...unknownGroups(engine)]
}

function idleGroups(engine: Engine): Problem[] {
  return containerIds(engine.at).flatMap((id) => {
    const group = idleGroup(engine, id)
    if (group === undefined || isBusy(engine.at, id) || idleGroup(engine, id) === undefined) return []
    return [
      {
        code: 'cgroup-left',
        message: `container ${id.slice(0, 12)} does not run, but its control group '${group}' is there`,
        heal: async () => killIdle(engine, id),
      },
    ]
  })
}

async function killIdle(engine: Engine, id: string): Promise<void> {
  using locked = tryLockContainer(engine, id)
  const group = locked === undefined ? undefined : idleGroup(engine, id)
  if (group !== undefined) await killCgroup(group)
}

/** The container's group, if it is there and should not be. */
function idleGroup(engine: Engine, id: string): string | undefined {
  const container = readable(engine.at, id)
  // Where there is a run folder, check-leftovers.ts decides.
  if (container === undefined || isAlive(container.live) || existsSync(paths.runContainer(engine.at, id)))
    return undefined
  const { cgroupManager, spec } = container.stored
  const group = groupFor(engine, { id, cgroup: spec.cgroup, manager: cgroupManager })
  return group !== undefined && cgroupExists(group) && isNobodyElses(engine.at, id, group) ? group : undefined
}

/** The container of a copied state directory may run from the original. */
function isNobodyElses(at: Layout, id: string, group: string): boolean {
  const pids = pidsInCgroup(group)
  return pids.length === 0 || pids.some((pid) => isOfOurs(at, pid, id))
}

function readable(at: Layout, id: string): StoredContainer | undefined {
  try {
    return readStoredContainer(at, id)
  } catch {
    // Damaged: check-containers.ts names it.
    return undefined
  }
}

interface GroupOwner {
  readonly id: string
  readonly cgroup: StoredContainer['stored']['spec']['cgroup']
  readonly manager: 'cgroupfs' | 'systemd'
}

function groupFor(engine: Engine, { id, cgroup, manager }: GroupOwner): string | undefined {
  const { isRootless } = engine.settings
  const path = ociCgroupsPath(id, cgroup, cgroupSurroundings(manager, isRootless))
  return path === undefined ? undefined : groupOf(path, manager, isRootless)
}

function unknownGroups(engine: Engine): Problem[] {
  const { cgroupManager: manager } = engine.settings
  const sample = groupFor(engine, { id: '0'.repeat(64), cgroup: { mode: 'enabled' }, manager })
  if (sample === undefined) return []
  return groupsBelow(dirname(sample))
    .map((name) => join(dirname(sample), name))
    .filter((group) => isUnknownStray(engine.at, group))
    .map((group) => ({
      code: 'cgroup-left',
      message: `the control group '${group}' belongs to no container that there is`,
      heal: async () => (isUnknownStray(engine.at, group) ? killCgroup(group) : undefined),
    }))
}

function isUnknownStray(at: Layout, group: string): boolean {
  const [, id] = /^gantry-([0-9a-f]{64})(?:\.scope)?$/.exec(basename(group)) ?? []
  if (id === undefined || isKnown(at, id)) return false
  return pidsInCgroup(group).some((pid) => isOfOurs(at, pid, id)) && !isKnown(at, id)
}

function isKnown(at: Layout, id: string): boolean {
  return existsSync(paths.container(at, id)) || existsSync(paths.runContainer(at, id)) || isBeingDeleted(at, `${id}.`)
}

/** A container's processes see their root, which names our folder; those of a starting one stand in its bundle. */
function isOfOurs(at: Layout, pid: number, id: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/cwd`).startsWith(`${paths.runContainer(at, id)}/`)) return true
    const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n')
    return mounts.some((line) => line.split(' ')[4] === '/' && line.includes(`${paths.container(at, id)}/`))
  } catch {
    // It has ended.
    return false
  }
}
