// A control group of our own making, for groups of containers: what the runtime does for a container's, on cgroup v1 and v2.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hierarchies, isUnifiedCgroup } from './cgroup.ts'
import { hasCgroupFile, writeCgroupFile } from './cgroup-files.ts'
import { makeFolders } from './make-folders.ts'

interface Rate {
  readonly major: number
  readonly minor: number
  readonly rate: number
}

/** OCI's `linux.resources`, as far as a group of groups can have it. */
export interface GroupLimits {
  readonly memory?: { readonly limit?: number; readonly swap?: number; readonly reservation?: number }
  readonly cpu?: {
    readonly shares?: number
    readonly quota?: number
    readonly period?: number
    readonly cpus?: string
    readonly mems?: string
  }
  readonly pids?: { readonly limit: number }
  readonly blockIO?: {
    readonly weight?: number
    readonly throttleReadBpsDevice?: readonly Rate[]
    readonly throttleWriteBpsDevice?: readonly Rate[]
  }
}

/** In every hierarchy, with its parents. Idempotent. `controllers`: those that v2 is to have in it. */
export function makeGroup(group: string, controllers: readonly string[]): void {
  for (const root of hierarchies()) {
    if (isUnifiedCgroup()) giveControllers(root, dirname(group), controllers)
    makeFolders(join(root, group))
    if (root.endsWith('/cpuset')) inheritCpus(root, group)
  }
}

/** @throws the kernel's error for what it does not take */
export function writeGroupLimits(group: string, limits: GroupLimits): void {
  const lines = isUnifiedCgroup() ? unifiedLines(limits) : legacyLines(limits)
  for (const [controller, name, text] of lines) {
    const file = { group, controller, name }
    if (hasCgroupFile(file)) writeCgroupFile(file, text)
  }
}

/** Down to the parent of the new group, each of which must hand them on. */
function giveControllers(root: string, parent: string, controllers: readonly string[]): void {
  const parts = parent.split('/').filter((part) => part !== '')
  for (let depth = 0; depth <= parts.length; depth += 1) {
    const folder = join(root, ...parts.slice(0, depth))
    makeFolders(folder)
    const has = readFileSync(join(folder, 'cgroup.subtree_control'), 'utf8').trim().split(' ')
    const can = readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ')
    const missing = controllers.filter((name) => can.includes(name) && !has.includes(name))
    if (missing.length === 0) continue
    writeFileSync(join(folder, 'cgroup.subtree_control'), missing.map((name) => `+${name}`).join(' '))
  }
}

/** A new cpuset of v1 is empty, and nothing can be in it. */
function inheritCpus(root: string, group: string): void {
  const parent = dirname(group)
  if (parent !== '/' && parent !== '.') inheritCpus(root, parent)
  for (const name of ['cpuset.cpus', 'cpuset.mems']) {
    const [own, theirs] = [join(root, group, name), join(root, parent, name)]
    if (existsSync(own) && readFileSync(own, 'utf8').trim() === '') writeFileSync(own, readFileSync(theirs, 'utf8'))
  }
}

type Line = readonly [controller: string, name: string, text: string]

function given(lines: readonly (readonly [string, string, string | number | undefined])[]): Line[] {
  return lines.flatMap(([controller, name, value]) => (value === undefined ? [] : [[controller, name, String(value)]]))
}

/** The limit before the one that includes it: the kernel keeps them in order. */
function legacyLines({ memory = {}, cpu = {}, pids, blockIO = {} }: GroupLimits): Line[] {
  return [
    ...given([
      ['memory', 'memory.limit_in_bytes', memory.limit],
      ['memory', 'memory.memsw.limit_in_bytes', memory.swap],
      ['memory', 'memory.soft_limit_in_bytes', memory.reservation],
      ['cpu', 'cpu.shares', cpu.shares],
      ['cpu', 'cpu.cfs_period_us', cpu.period],
      ['cpu', 'cpu.cfs_quota_us', cpu.quota],
      ['cpuset', 'cpuset.cpus', cpu.cpus],
      ['cpuset', 'cpuset.mems', cpu.mems],
      ['pids', 'pids.max', pids?.limit],
      ['blkio', 'blkio.weight', blockIO.weight],
      ['blkio', 'blkio.bfq.weight', blockIO.weight],
    ]),
    ...rates(blockIO.throttleReadBpsDevice, 'blkio.throttle.read_bps_device', ''),
    ...rates(blockIO.throttleWriteBpsDevice, 'blkio.throttle.write_bps_device', ''),
  ]
}

function unifiedLines({ memory = {}, cpu = {}, pids, blockIO = {} }: GroupLimits): Line[] {
  const { quota, period = 100_000, shares } = cpu
  return [
    ...given([
      ['memory', 'memory.max', memory.limit],
      ['memory', 'memory.swap.max', swapAlone(memory)],
      ['memory', 'memory.low', memory.reservation],
      ['cpu', 'cpu.weight', shares === undefined ? undefined : cpuWeight(shares)],
      ['cpu', 'cpu.max', quota === undefined ? undefined : `${quota} ${period}`],
      ['cpuset', 'cpuset.cpus', cpu.cpus],
      ['cpuset', 'cpuset.mems', cpu.mems],
      ['pids', 'pids.max', pids?.limit],
      ['io', 'io.bfq.weight', blockIO.weight],
    ]),
    ...rates(blockIO.throttleReadBpsDevice, 'io.max', 'rbps='),
    ...rates(blockIO.throttleWriteBpsDevice, 'io.max', 'wbps='),
  ]
}

/** runc's conversion of v1's 2…262144 to v2's 1…10000. */
export function cpuWeight(shares: number): number {
  return 1 + Math.trunc(((shares - 2) * 9999) / 262142)
}

/** v1 counts memory and swap together. */
function swapAlone({ limit = 0, swap }: NonNullable<GroupLimits['memory']>): string | number | undefined {
  if (swap === undefined) return undefined
  return swap < 0 ? 'max' : swap - limit
}

function rates(devices: readonly Rate[] | undefined, name: string, prefix: string): Line[] {
  return (devices ?? []).map(({ major, minor, rate }) => ['blkio', name, `${major}:${minor} ${prefix}${rate}`])
}
