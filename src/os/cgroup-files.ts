// The files of a control group, by the controller that they belong to on v1.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf } from '../base/errors.ts'
import { isUnifiedCgroup } from './cgroup.ts'
import { makeFolders } from './make-folders.ts'

const mountPoint = '/sys/fs/cgroup'

export interface CgroupFile {
  /** Below the hierarchy's root. */
  readonly group: string
  /** As v1 names it; v2 has one hierarchy for all. */
  readonly controller: string
  readonly name: string
}

/** Undefined where the group or the file is not there, or has just gone. */
export function readCgroupFile(file: CgroupFile): string | undefined {
  try {
    return readFileSync(pathOf(file), 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ENODEV', 'EOPNOTSUPP'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

/** @throws the system call's error: what the kernel does not take is EINVAL */
export function writeCgroupFile(file: CgroupFile, text: string): void {
  writeFileSync(pathOf(file), text)
}

export function hasCgroupFile(file: CgroupFile): boolean {
  return existsSync(pathOf(file))
}

/** A group that has limits, to look for its files: v2's root has none. Undefined where there is no such group. */
export function someLimitedGroup(): string | undefined {
  const entries = readdirSync(mountPoint, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const groups = entries.map(({ name }) => `/${name}`)
  return groups.find((group) => hasCgroupFile({ group, controller: 'memory', name: 'memory.max' }))
}

/** v2: a group with controllers may have processes or groups, not both. Those of `group` move into `name` below it. Idempotent. */
export function makeRoomBeside(group: string, name: string): void {
  const inner = join(mountPoint, group, name)
  const pids = readFileSync(join(mountPoint, group, 'cgroup.procs'), 'utf8').split('\n')
  makeFolders(inner)
  for (const pid of pids.filter((text) => text !== '')) movePid(join(inner, 'cgroup.procs'), pid)
}

/** One that has ended meanwhile is passed over. */
function movePid(path: string, pid: string): void {
  try {
    writeFileSync(path, pid)
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}

function pathOf({ group, controller, name }: CgroupFile): string {
  return isUnifiedCgroup() ? join(mountPoint, group, name) : join(mountPoint, controller, group, name)
}
