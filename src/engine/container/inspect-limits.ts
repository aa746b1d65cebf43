// The numbers of inspect's HostConfig: limits that were asked for, 0 where none was.

import type { CompleteSpec } from '../../spec/container-spec.ts'
import { cpuLimit, memoryLimit } from '../../spec/resources.ts'

export function inspectLimits({ resources }: CompleteSpec) {
  const { memoryBytes = 0, cpus = 0, pidsLimit } = resources
  const memory = memoryBytes > 0 ? memoryLimit(memoryBytes) : { limit: 0, swap: 0 }
  const cpu = cpus > 0 ? cpuLimit(cpus) : { period: 0, quota: 0 }
  return {
    CpuShares: 0,
    Memory: memory.limit,
    NanoCpus: cpu.quota * 10_000,
    BlkioWeight: 0,
    BlkioWeightDevice: null,
    BlkioDeviceReadBps: null,
    BlkioDeviceWriteBps: null,
    BlkioDeviceReadIOps: null,
    BlkioDeviceWriteIOps: null,
    CpuPeriod: cpu.period,
    CpuQuota: cpu.quota,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: '',
    CpusetMems: '',
    DiskQuota: 0,
    KernelMemory: 0,
    MemoryReservation: 0,
    MemorySwap: memory.swap,
    MemorySwappiness: memoryBytes > 0 ? -1 : 0,
    OomKillDisable: false,
    PidsLimit: Math.max(0, pidsLimit),
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    CgroupConf: null,
    IntelRdtClosID: '',
  }
}
