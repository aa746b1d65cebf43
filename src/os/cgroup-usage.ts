// What a control group has used: CPU time, memory, block I/O, processes; from the files of v1 or v2.

import { isUnifiedCgroup } from './cgroup.ts'
import { readCgroupFile } from './cgroup-files.ts'

export interface CgroupUsage {
  readonly cpuNs: number
  readonly cpuKernelNs: number
  /** Of each CPU; v2 does not tell. */
  readonly perCpuNs: readonly number[]
  /** Without what the kernel could take back: the cache of files. */
  readonly memoryBytes: number
  /** Infinity where there is none. */
  readonly memoryLimitBytes: number
  readonly readBytes: number
  readonly writtenBytes: number
  readonly processes: number
}

/** Undefined where the group is gone. A controller that is not there counts as nothing used. */
export function cgroupUsage(group: string): CgroupUsage | undefined {
  const read = (controller: string, name: string) => readCgroupFile({ group, controller, name })
  const usage = isUnifiedCgroup() ? usageOnV2(read) : usageOnV1(read)
  if (usage === undefined) return undefined
  return { ...usage, processes: numberOf(read('pids', 'pids.current')) }
}

type Read = (controller: string, name: string) => string | undefined
type Usage = Omit<CgroupUsage, 'processes'>

function usageOnV2(read: Read): Usage | undefined {
  const cpu = read('cpu', 'cpu.stat')
  if (cpu === undefined) return undefined
  const io = read('io', 'io.stat')
  return {
    cpuNs: memberOf(cpu, 'usage_usec') * 1000,
    cpuKernelNs: memberOf(cpu, 'system_usec') * 1000,
    perCpuNs: [],
    memoryBytes: memberOf(read('memory', 'memory.stat'), 'anon'),
    memoryLimitBytes: limitOf(read('memory', 'memory.max')),
    readBytes: sumOf(io, /\brbytes=(\d+)/g),
    writtenBytes: sumOf(io, /\bwbytes=(\d+)/g),
  }
}

function usageOnV1(read: Read): Usage | undefined {
  const cpu = read('cpuacct', 'cpuacct.usage')
  if (cpu === undefined) return undefined
  const memory = read('memory', 'memory.stat')
  const io = read('blkio', 'blkio.throttle.io_service_bytes_recursive')
  return {
    cpuNs: numberOf(cpu),
    cpuKernelNs: numberOf(read('cpuacct', 'cpuacct.usage_sys')),
    perCpuNs: (read('cpuacct', 'cpuacct.usage_percpu') ?? '').trim().split(/\s+/).filter(Boolean).map(Number),
    memoryBytes: memberOf(memory, 'total_active_anon') + memberOf(memory, 'total_inactive_anon'),
    memoryLimitBytes: limitOf(read('memory', 'memory.limit_in_bytes')),
    readBytes: sumOf(io, /^\d+:\d+ Read (\d+)$/gm),
    writtenBytes: sumOf(io, /^\d+:\d+ Write (\d+)$/gm),
  }
}

function numberOf(text: string | undefined): number {
  return Number(text?.trim() ?? 0)
}

/** `NAME NUMBER`, a line each. */
function memberOf(text: string | undefined, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text ?? '')?.[1] ?? 0)
}

function sumOf(text: string | undefined, pattern: RegExp): number {
  return Array.from((text ?? '').matchAll(pattern), ([, number]) => Number(number)).reduce((a, b) => a + b, 0)
}

function limitOf(text: string | undefined): number {
  const limit = text?.trim() ?? 'max'
  return limit === 'max' ? Number.POSITIVE_INFINITY : Number(limit)
}
