// Limits of processor time, and which processors and memory nodes are used.

import { defined } from '../base/defined.ts'
import { invalid } from '../base/errors.ts'

export interface CpuLimits {
  /** CPU time as a fraction of one CPU: 1.5. Excludes quota and period. */
  readonly cpus?: number
  /** Weight beside others'; 1024 is usual. */
  readonly cpuShares?: number
  readonly cpuPeriodUs?: number
  readonly cpuQuotaUs?: number
  readonly cpuRealtimePeriodUs?: number
  readonly cpuRealtimeRuntimeUs?: number
  /** `0-2,4` */
  readonly cpusetCpus?: string
  readonly cpusetMems?: string
}

export interface OciCpu {
  readonly shares?: number
  readonly quota?: number
  readonly period?: number
  readonly realtimePeriod?: number
  readonly realtimeRuntime?: number
  readonly cpus?: string
  readonly mems?: string
}

const usualPeriodUs = 100_000
/** The kernel refuses less than 1 ms a period, and more than 1 s. */
const leastUs = 1000
const mostPeriodUs = 1_000_000

/** @throws invalid `cpus-invalid`, `cpu-invalid`, `cpuset-invalid` */
export function checkCpu({ cpus, cpuPeriodUs, cpuQuotaUs, cpusetCpus = '', cpusetMems = '' }: CpuLimits): void {
  if (cpus !== undefined && (!Number.isFinite(cpus) || cpus < 0))
    throw invalid('cpus-invalid', `invalid number of CPUs: ${cpus}`)
  if (cpuPeriodUs !== undefined && (cpuPeriodUs < leastUs || cpuPeriodUs > mostPeriodUs)) {
    const range = 'less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)'
    throw invalid('cpu-invalid', `CPU cfs period cannot be ${range}`)
  }
  if (cpuQuotaUs !== undefined && cpuQuotaUs < leastUs)
    throw invalid('cpu-invalid', 'CPU cfs quota cannot be less than 1ms (i.e. 1000)')
  parseCpuset('cpus', cpusetCpus)
  parseCpuset('mems', cpusetMems)
}

/** The numbers of `0-2,4`. @throws invalid `cpuset-invalid` */
export function parseCpuset(what: 'cpus' | 'mems', text: string): ReadonlySet<number> {
  const parts = text.trim() === '' ? [] : text.trim().split(',')
  return new Set(parts.flatMap((part) => rangeOf(part) ?? badCpuset(what, text)))
}

/** Undefined where nothing is limited. */
export function ociCpu(limits: CpuLimits): OciCpu | undefined {
  const cpu: OciCpu = defined({
    shares: limits.cpuShares,
    ...cpuTime(limits),
    realtimePeriod: limits.cpuRealtimePeriodUs,
    realtimeRuntime: limits.cpuRealtimeRuntimeUs,
    cpus: limits.cpusetCpus,
    mems: limits.cpusetMems,
  })
  return Object.keys(cpu).length === 0 ? undefined : cpu
}

export function cpuTime({ cpus = 0, cpuPeriodUs, cpuQuotaUs }: CpuLimits): { period?: number; quota?: number } {
  if (cpus > 0) return { period: usualPeriodUs, quota: Math.max(leastUs, Math.round(cpus * usualPeriodUs)) }
  return {
    ...(cpuPeriodUs === undefined ? {} : { period: cpuPeriodUs }),
    ...(cpuQuotaUs === undefined ? {} : { quota: cpuQuotaUs }),
  }
}

/** The kernel knows no set with a number above this. */
const mostNumber = 8192

function rangeOf(part: string): number[] | undefined {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? []
  const from = Number(first)
  const count = Number(last) - from + 1
  if (!(count > 0) || from + count > mostNumber) return undefined
  return Array.from({ length: count }, (_, index) => from + index)
}

function badCpuset(what: 'cpus' | 'mems', text: string): never {
  throw invalid('cpuset-invalid', `invalid value ${text} for cpuset ${what}`)
}
