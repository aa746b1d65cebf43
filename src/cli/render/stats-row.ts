// The fields that `stats --format` knows, and its JSON; podman's names and units.

import { formatGoDuration } from '../../base/duration.ts'
import { goMap, goNilMap, goNilSlice, goPrinted, goStruct } from '../../base/go-value.ts'
import { shortId } from '../../base/ids.ts'
import { binarySize, humanSize } from '../../base/size.ts'
import type { ContainerStats } from '../../engine/container/stats.ts'

export const statsHeadings: Readonly<Record<string, string>> = {
  AVGCPU: 'Avg CPU %',
  BlockIO: 'BLOCK IO',
  CPUPerc: 'CPU %',
  ID: 'ID',
  MemPerc: 'MEM %',
  MemUsage: 'MEM USAGE / LIMIT',
  MemUsageBytes: 'MEM USAGE / LIMIT',
  NetIO: 'NET IO',
  PIDS: 'PIDS',
  UpTime: 'CPU TIME',
}

export const defaultStatsFormat =
  'table {{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDS}}\t{{.UpTime}}\t{{.AVGCPU}}'

interface RowOptions {
  /** --no-trunc */
  readonly isWhole: boolean
}

export function statsTemplateRow(stats: ContainerStats, options: RowOptions): object {
  const { usage, networks, measuredNs } = stats
  const texts = textsOf(stats, options)
  const time = goPrinted(texts.time, { toJSON: () => usage.cpuNs })
  return goStruct('containers.containerStats', {
    AVGCPU: texts.average,
    AvgCPU: stats.averageCpuPercent,
    BlockIO: texts.blockIo,
    BlockInput: usage.readBytes,
    BlockOutput: usage.writtenBytes,
    CPU: stats.cpuPercent,
    CPUNano: usage.cpuNs,
    CPUPerc: texts.cpu,
    CPUSystemNano: usage.cpuKernelNs,
    ContainerID: stats.id,
    Duration: usage.cpuNs,
    ID: texts.id,
    MemLimit: stats.memoryLimitBytes,
    MemPerc: texts.memoryPercent,
    MemUsage: texts.memory,
    MemUsageBytes: `${binarySize(usage.memoryBytes)} / ${binarySize(stats.memoryLimitBytes)}`,
    Name: stats.name,
    NetIO: texts.network,
    Network: networks.length === 0 ? goNilMap() : goMap(Object.fromEntries(networks.map(networkFields))),
    PIDS: String(usage.processes),
    PIDs: usage.processes,
    PerCPU: usage.perCpuNs.length === 0 ? goNilSlice() : usage.perCpuNs,
    SystemNano: measuredNs,
    Up: texts.time,
    UpTime: time,
  })
}

export function statsJsonRow(stats: ContainerStats, options: RowOptions): object {
  const texts = textsOf(stats, options)
  return {
    id: texts.id,
    name: stats.name,
    cpu_time: texts.time,
    cpu_percent: texts.cpu,
    avg_cpu: texts.average,
    mem_usage: texts.memory,
    mem_percent: texts.memoryPercent,
    net_io: texts.network,
    block_io: texts.blockIo,
    pids: String(stats.usage.processes),
  }
}

function textsOf(stats: ContainerStats, { isWhole }: RowOptions) {
  const { id, usage, networks, memoryLimitBytes } = stats
  const sum = (way: 'received' | 'sent') => networks.reduce((bytes, network) => bytes + network[way].bytes, 0)
  const pair = (one: number, other: number) => `${humanSize(one)} / ${humanSize(other)}`
  const percent = (number: number) => `${number.toFixed(2)}%`
  return {
    id: isWhole ? id : shortId(id),
    time: formatGoDuration(usage.cpuNs),
    cpu: percent(stats.cpuPercent),
    average: percent(stats.averageCpuPercent),
    memory: pair(usage.memoryBytes, memoryLimitBytes),
    memoryPercent: percent(memoryLimitBytes === 0 ? 0 : (usage.memoryBytes / memoryLimitBytes) * 100),
    network: pair(sum('received'), sum('sent')),
    blockIo: pair(usage.readBytes, usage.writtenBytes),
  }
}

function networkFields({ name, received, sent }: ContainerStats['networks'][number]): [string, object] {
  const fields = {
    RxBytes: received.bytes,
    RxDropped: received.dropped,
    RxErrors: received.errors,
    RxPackets: received.packets,
    TxBytes: sent.bytes,
    TxDropped: sent.dropped,
    TxErrors: sent.errors,
    TxPackets: sent.packets,
  }
  return [name, goStruct('define.ContainerNetworkStats', fields)]
}
