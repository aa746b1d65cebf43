// The numbers of inspect's HostConfig: limits that were asked for, 0 where none was.

import type { DeviceRate } from '../../spec/block-io.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { ociCpu } from '../../spec/cpu.ts'
import { type OciMemory, ociMemory } from '../../spec/memory.ts'

export function inspectLimits({ resources }: CompleteSpec) {
  const { period = 0, quota = 0, ...cpu } = ociCpu(resources) ?? {}
  return {
    CpuShares: cpu.shares ?? 0,
    NanoCpus: quota * 10_000,
    ...inspectMemory(ociMemory(resources)),
    ...inspectBlockIo(resources),
    CpuPeriod: period,
    CpuQuota: quota,
    CpuRealtimePeriod: cpu.realtimePeriod ?? 0,
    CpuRealtimeRuntime: cpu.realtimeRuntime ?? 0,
    CpusetCpus: cpu.cpus ?? '',
    CpusetMems: cpu.mems ?? '',
    DiskQuota: 0,
    KernelMemory: 0,
    PidsLimit: Math.max(0, resources.pidsLimit),
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    CgroupConf: resources.cgroupConf ?? null,
    IntelRdtClosID: resources.rdtClass ?? '',
  }
}

function inspectMemory(memory: OciMemory | undefined) {
  const { limit = 0, swap = 0, reservation = 0, swappiness = -1, disableOOMKiller = false } = memory ?? {}
  return {
    Memory: limit,
    MemoryReservation: reservation,
    MemorySwap: swap,
    MemorySwappiness: memory === undefined ? 0 : swappiness,
    OomKillDisable: disableOOMKiller,
  }
}

function inspectBlockIo(limits: CompleteSpec['resources']) {
  const rates = (list: readonly DeviceRate[] | undefined) =>
    list === undefined ? null : list.map(({ path, rate }) => ({ Path: path, Rate: rate }))
  const weights = limits.blockWeightDevices?.map(({ path, weight }) => ({ Path: path, Weight: weight }))
  return {
    BlkioWeight: limits.blockWeight ?? 0,
    BlkioWeightDevice: weights ?? null,
    BlkioDeviceReadBps: rates(limits.blockReadBps),
    BlkioDeviceWriteBps: rates(limits.blockWriteBps),
    BlkioDeviceReadIOps: rates(limits.blockReadIops),
    BlkioDeviceWriteIOps: rates(limits.blockWriteIops),
  }
}
