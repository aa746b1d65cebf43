// The limits of a group of containers as properties of a slice of systemd's (systemd.resource-control(5)), on cgroup v2. Pure.

import { cpuWeight, type GroupLimits } from '../os/cgroup-limits.ts'
import type { UnitProperty } from '../os/systemd-unit.ts'
import { parseCpuset } from './cpu.ts'

/** What the kernel takes for "no limit". */
const infinity = 0xffff_ffff_ffff_ffffn
const microsecondsPerSecond = 1_000_000

export function sliceProperties({ memory = {}, cpu = {}, pids, blockIO = {} }: GroupLimits): UnitProperty[] {
  return [
    ...ofMemory(memory),
    ...ofCpu(cpu),
    ...number('TasksMax', pids?.limit),
    ...number('IOWeight', blockIO.weight === undefined ? undefined : ioWeight(blockIO.weight)),
    ...rates('IOReadBandwidthMax', blockIO.throttleReadBpsDevice),
    ...rates('IOWriteBandwidthMax', blockIO.throttleWriteBpsDevice),
  ]
}

function ofMemory({ limit, swap, reservation }: NonNullable<GroupLimits['memory']>): UnitProperty[] {
  const swapAlone = swap === undefined ? undefined : swap < 0 ? infinity : BigInt(swap - (limit ?? 0))
  return [...number('MemoryMax', limit), ...number('MemorySwapMax', swapAlone), ...number('MemoryLow', reservation)]
}

function ofCpu({ quota = 0, period = 100_000, shares, cpus = '', mems = '' }: NonNullable<GroupLimits['cpu']>) {
  const isLimited = quota > 0
  return [
    ...number('CPUWeight', shares === undefined ? undefined : cpuWeight(shares)),
    ...number('CPUQuotaPerSecUSec', isLimited ? Math.ceil((quota * microsecondsPerSecond) / period) : undefined),
    ...number('CPUQuotaPeriodUSec', isLimited ? period : undefined),
    ...bits('AllowedCPUs', parseCpuset('cpus', cpus)),
    ...bits('AllowedMemoryNodes', parseCpuset('mems', mems)),
  ]
}

/** systemd's scale ends at 10000 and the kernel's at 1000, both around 100: what systemd makes of it is the weight again. */
function ioWeight(weight: number): number {
  return weight <= 100 ? weight : 100 + (weight - 100) * 11
}

function number(name: string, value: number | bigint | undefined): UnitProperty[] {
  return value === undefined ? [] : [[name, { type: 't', value: BigInt(value) }]]
}

/** A set of bits, the lowest first. */
function bits(name: string, numbers: ReadonlySet<number>): UnitProperty[] {
  if (numbers.size === 0) return []
  const value = new Uint8Array((Math.max(...numbers) >> 3) + 1)
  for (const one of numbers) value[one >> 3] = (value[one >> 3] ?? 0) | (1 << (one & 7))
  return [[name, { type: 'ay', value }]]
}

/** systemd finds the number of the device that is named in this way. */
function rates(name: string, devices: NonNullable<GroupLimits['blockIO']>['throttleReadBpsDevice']): UnitProperty[] {
  if (devices === undefined || devices.length === 0) return []
  const value = devices.map(({ major, minor, rate }) => [`/dev/block/${major}:${minor}`, BigInt(rate)] as const)
  return [[name, { type: 'a(st)', value }]]
}
