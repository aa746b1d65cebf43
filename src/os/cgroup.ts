// Control groups of containers, whichever of v1, hybrid and v2 the host has. A container's group is named by its path below each
// hierarchy's root, as /proc/PID/cgroup prints it: "/gantry/gantry-<id>" or "/machine.slice/gantry-<id>.scope".

import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'
import { logWarning } from '../base/log.ts'
import { killQuietly } from './process.ts'

const mountPoint = '/sys/fs/cgroup'
const killRounds = 200
const roundMs = 10
const emptyRounds = 20

let unified: boolean | undefined
let mounted: readonly string[] | undefined

/** True on pure cgroup v2; false on v1 and on hybrids, whose controllers are v1's. */
export function isUnifiedCgroup(): boolean {
  unified ??= existsSync(join(mountPoint, 'cgroup.controllers'))
  return unified
}

/** Controllers that limits can be set with: v2's delegated to the root that we see, or v1's mounted ones. */
export function cgroupControllers(): string[] {
  if (isUnifiedCgroup()) return readFileSync(join(mountPoint, 'cgroup.controllers'), 'utf8').trim().split(' ')
  const names = hierarchies().flatMap((folder) => folder.slice(mountPoint.length + 1).split(','))
  return names.filter((name) => name !== 'systemd' && name !== 'unified')
}

/** Our own group on v2, "" where /proc does not say. */
export function ownCgroup(): string {
  const text = absentAsUndefined(() => readFileSync('/proc/self/cgroup', 'utf8')) ?? ''
  return /^0::(.*)$/m.exec(text)?.[1] ?? ''
}

/**
 * Kills every process in the group and below, frozen ones too, and removes the group from every hierarchy. Idempotent.
 * Waits for processes to be gone, at most two seconds; a group that cannot be removed then stays, is told of, and found by
 * `system check`.
 */
export async function killCgroup(group: string): Promise<void> {
  if (!isBelowRoot(group)) throw new Error(`killCgroup of '${group}'`)
  // Usually nothing is left in it.
  if (hierarchies().every((root) => removeQuietly(join(root, group)))) return
  for (let round = 0; round < killRounds && foldersOf(group).length > 0; round += 1) {
    killAll(group)
    removeCgroup(group)
    // No event tells that the last process of a v1 group is gone: look again soon.
    if (foldersOf(group).length > 0) await new Promise((resolve) => setTimeout(resolve, roundMs))
  }
  if (foldersOf(group).length > 0) logWarning('control group is still in use', { group, pids: pidsInCgroup(group) })
}

/** Removes a group in which nothing is, in every hierarchy. Idempotent; one that is in use stays. */
export async function removeEmptyGroup(group: string): Promise<void> {
  if (!isBelowRoot(group)) throw new Error(`removeEmptyGroup of '${group}'`)
  for (let round = 0; round < emptyRounds; round += 1) {
    if (hierarchies().every((root) => removeQuietly(join(root, group))) || pidsOf(group).length > 0) return
    // What has just ended in it is still on its way out, which no event tells.
    await new Promise((resolve) => setTimeout(resolve, roundMs))
  }
}

/** Counts of out-of-memory kills: `memory.events` on v2, `memory.oom_control` on v1. The file is there once the group is. */
export function oomCounterFile(group: string): string {
  if (isUnifiedCgroup()) return join(mountPoint, group, 'memory.events')
  return join(mountPoint, 'memory', group, 'memory.oom_control')
}

/** v2 has a file for it. On v1 a frozen group cannot fork away from its killer, but dies only once it is thawed. */
function killAll(group: string): void {
  if (isUnifiedCgroup() && write(join(mountPoint, group, 'cgroup.kill'), '1')) return
  const freezer = isUnifiedCgroup()
    ? { path: join(mountPoint, group, 'cgroup.freeze'), frozen: '1', thawed: '0' }
    : { path: join(mountPoint, 'freezer', group, 'freezer.state'), frozen: 'FROZEN', thawed: 'THAWED' }
  const pids = pidsOf(group)
  if (pids.length === 0) return
  write(freezer.path, freezer.frozen)
  for (const pid of new Set([...pids, ...pidsOf(group)])) killQuietly(pid)
  write(freezer.path, freezer.thawed)
}

/** A group of somebody's, never the root of a hierarchy. */
function isBelowRoot(group: string): boolean {
  const parts = group.split('/').filter((part) => part !== '' && part !== '.')
  return group.startsWith('/') && parts.length > 0 && !parts.includes('..')
}

/** The mounted hierarchies: one folder on v2, one a controller (and `unified`) on v1. Looked up once. */
export function hierarchies(): readonly string[] {
  mounted ??= isUnifiedCgroup()
    ? [mountPoint]
    : foldersIn(mountPoint)
        .map((name) => join(mountPoint, name))
        .filter(isMounted)
  return mounted
}

/** Not a mere folder, as crun makes where a hierarchy that it knows of is not mounted: the numbers in there are no processes. */
function isMounted(folder: string): boolean {
  return lstatSync(folder).dev !== lstatSync(mountPoint).dev
}

function foldersIn(folder: string): string[] {
  const entries = absentAsUndefined(() => readdirSync(folder, { withFileTypes: true })) ?? []
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

/** Names of the groups below `parent`, whichever hierarchy they are in. */
export function groupsBelow(parent: string): string[] {
  return [...new Set(hierarchies().flatMap((root) => foldersIn(join(root, parent))))]
}

export function cgroupExists(group: string): boolean {
  return foldersOf(group).length > 0
}

/** Processes in the group and below. */
export function pidsInCgroup(group: string): number[] {
  return [...new Set(pidsOf(group))]
}

function foldersOf(group: string): string[] {
  return hierarchies()
    .map((root) => join(root, group))
    .filter((folder) => existsSync(folder))
}

/** The folder and all below it, parents first. */
function treeOf(folder: string): string[] {
  return [folder, ...foldersIn(folder).flatMap((name) => treeOf(join(folder, name)))]
}

function pidsOf(group: string): number[] {
  return foldersOf(group).flatMap((folder) => treeOf(folder).flatMap((below) => pidsIn(below)))
}

function pidsIn(folder: string): number[] {
  try {
    const text = absentAsUndefined(() => readFileSync(join(folder, 'cgroup.procs'), 'utf8')) ?? ''
    return text
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0)
  } catch (error) {
    // A group removed between its listing and its reading; a threaded group on v2.
    if (errnoOf(error) === 'ENODEV' || errnoOf(error) === 'EOPNOTSUPP') return []
    throw error
  }
}

/** Where nothing runs in it. */
function removeCgroup(group: string): void {
  for (const folder of foldersOf(group)) {
    for (const below of treeOf(folder).reverse()) removeQuietly(below)
  }
}

/** False where the file is not there (cgroup.kill is new in Linux 5.14), the group is gone, or it is not ours. */
function write(path: string, text: string): boolean {
  try {
    if (!existsSync(path)) return false
    writeFileSync(path, text)
    return true
  } catch (error) {
    if (['ENOENT', 'ENODEV', 'EACCES', 'EPERM', 'EOPNOTSUPP'].includes(errnoOf(error) ?? '')) return false
    throw error
  }
}

/** False where the folder may still be there. */
function removeQuietly(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    const reason = errnoOf(error) ?? ''
    if (!['ENOENT', 'EBUSY', 'ENOTEMPTY', 'ENODEV', 'EACCES', 'EPERM', 'EROFS'].includes(reason)) throw error
    return reason === 'ENOENT'
  }
}
