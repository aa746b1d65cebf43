// Flags of what a control group limits, for run, create and update → Limits.

import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import { parseBinarySize } from '../../base/size.ts'
import { type BlockIoLimits, parseDeviceBps, parseDeviceIops, parseDeviceWeight } from '../../spec/block-io.ts'
import type { CpuLimits } from '../../spec/cpu.ts'
import type { Limits } from '../../spec/limits.ts'
import type { MemoryLimits } from '../../spec/memory.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const limitOptions = defineOptions({
  'blkio-weight': { type: 'number', value: 'weight', describe: 'Weight of its block I/O beside others, 10 to 1000' },
  'blkio-weight-device': {
    type: 'strings',
    value: 'device:weight',
    describe: 'The same for one device',
    complete: 'file',
  },
  'cpu-period': { type: 'number', value: 'microseconds', describe: 'Period that --cpu-quota is of; 100000 is usual' },
  'cpu-quota': { type: 'number', value: 'microseconds', describe: 'CPU time in each period' },
  'cpu-rt-period': { type: 'number', value: 'microseconds', describe: 'Real-time period; cgroup v1 only' },
  'cpu-rt-runtime': { type: 'number', value: 'microseconds', describe: 'Real-time CPU time in it; cgroup v1 only' },
  'cpu-shares': { type: 'number', short: 'c', value: 'shares', describe: 'CPU weight beside others; 1024 is usual' },
  cpus: { type: 'number', value: 'number', describe: 'CPU time, as a number of CPUs: 1.5' },
  'cpuset-cpus': { type: 'string', value: 'numbers', describe: 'CPUs to run on: 0-3, 0,1' },
  'cpuset-mems': { type: 'string', value: 'numbers', describe: 'Memory nodes to use: 0-3, 0,1' },
  'device-read-bps': {
    type: 'strings',
    value: 'device:rate[k|m|g]',
    describe: 'Most bytes a second read from a device',
    complete: 'file',
  },
  'device-read-iops': {
    type: 'strings',
    value: 'device:rate',
    describe: 'Most reads a second from a device',
    complete: 'file',
  },
  'device-write-bps': {
    type: 'strings',
    value: 'device:rate[k|m|g]',
    describe: 'Most bytes a second written to a device',
    complete: 'file',
  },
  'device-write-iops': {
    type: 'strings',
    value: 'device:rate',
    describe: 'Most writes a second to a device',
    complete: 'file',
  },
  memory: { type: 'string', short: 'm', value: 'size', describe: 'Memory limit: 512m, 2g' },
  'memory-reservation': { type: 'string', value: 'size', describe: 'What memory is taken back to when it is short' },
  'memory-swap': { type: 'string', value: 'size', describe: 'Memory and swap together; -1 for no limit' },
  'memory-swappiness': {
    type: 'number',
    value: 'number',
    describe: 'How readily it is swapped, 0 to 100; -1 as the system; cgroup v1 only',
  },
  'pids-limit': { type: 'number', value: 'number', describe: 'Most processes; 0 or -1 for no limit' },
})

type LimitInvocation = Invocation<typeof limitOptions>

/** @throws invalid `size-malformed`, `flag-invalid`, `flags-conflict`, `device-rate-invalid` */
export function limitsOf(invocation: LimitInvocation): Limits {
  const pidsLimit = invocation.options['pids-limit']
  return {
    ...memoryOf(invocation),
    ...cpuOf(invocation),
    ...blockIoOf(invocation),
    ...(pidsLimit === undefined ? {} : { pidsLimit }),
  }
}

function memoryOf({ options }: LimitInvocation): MemoryLimits {
  const swap = options['memory-swap']
  const swappiness = options['memory-swappiness'] ?? -1
  return defined({
    memoryBytes: sizeOf(options.memory),
    memorySwapBytes: swap === '-1' ? -1 : sizeOf(swap),
    memoryReservationBytes: sizeOf(options['memory-reservation']),
    memorySwappiness: swappiness < 0 ? undefined : whole('memory-swappiness', swappiness),
  })
}

/** What is zero or less limits nothing, as podman has it. */
function cpuOf({ options, given }: LimitInvocation): CpuLimits {
  for (const other of ['cpu-period', 'cpu-quota'] as const) {
    if (given.has('cpus') && given.has(other))
      throw invalid('flags-conflict', `--${other} and --cpus cannot be set together`)
  }
  const positive = (name: keyof LimitInvocation['options']) => {
    const value = Number(options[name] ?? 0)
    return value > 0 ? whole(name, value) : undefined
  }
  return defined({
    cpus: options.cpus,
    cpuShares: positive('cpu-shares'),
    cpuPeriodUs: positive('cpu-period'),
    cpuQuotaUs: positive('cpu-quota'),
    cpuRealtimePeriodUs: positive('cpu-rt-period'),
    cpuRealtimeRuntimeUs: positive('cpu-rt-runtime'),
    cpusetCpus: options['cpuset-cpus'] || undefined,
    cpusetMems: options['cpuset-mems'] || undefined,
  })
}

function blockIoOf({ options }: LimitInvocation): BlockIoLimits {
  const weight = options['blkio-weight']
  return defined({
    blockWeight: weight === undefined ? undefined : whole('blkio-weight', weight),
    blockWeightDevices: lastOfEach(options['blkio-weight-device'].map(parseDeviceWeight)),
    blockReadBps: lastOfEach(options['device-read-bps'].map(parseDeviceBps)),
    blockWriteBps: lastOfEach(options['device-write-bps'].map(parseDeviceBps)),
    blockReadIops: lastOfEach(options['device-read-iops'].map(parseDeviceIops)),
    blockWriteIops: lastOfEach(options['device-write-iops'].map(parseDeviceIops)),
  })
}

/** Undefined for none. */
function lastOfEach<T extends { readonly path: string }>(devices: readonly T[]): T[] | undefined {
  return devices.length === 0 ? undefined : [...new Map(devices.map((device) => [device.path, device])).values()]
}

function sizeOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : parseBinarySize(text)
}

function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value)) return value
  const reason = `strconv.ParseInt: parsing ${JSON.stringify(String(value))}: invalid syntax`
  throw invalid('flag-invalid', `invalid argument ${JSON.stringify(String(value))} for "--${name}" flag: ${reason}`)
}
