// Which limits a host can set, and what is said of those that it cannot.

import type { LimitName, Limits } from './limits.ts'

export interface LimitAbility {
  readonly isRootless: boolean
  readonly isUnified: boolean
  /** Controllers that limits can be set with. */
  readonly controllers: ReadonlySet<string>
  /** Limits that have a controller, but no file in it. */
  readonly lacking: ReadonlySet<LimitName>
}

/** What the user is told at creation of limits that this host cannot set. `asked`: before the defaults were filled in. */
export function limitWarnings(asked: Limits, ability: LimitAbility): string[] {
  const given = limitNames.filter((name) => isAsked(asked[name]))
  if (given.length > 0 && ability.isRootless && !ability.isUnified) {
    return ['Resource limits are not supported and ignored on cgroups V1 rootless systems']
  }
  return given.flatMap((name) => limitWarning(name, ability) ?? [])
}

/** `limits` without what this host cannot set. */
export function settableLimits(
  limits: Limits,
  { isUnified, controllers, lacking }: Pick<LimitAbility, 'isUnified' | 'controllers' | 'lacking'>,
): Limits {
  const isSettable = (name: LimitName) => {
    const controller = controllerOf(name, isUnified)
    return !lacking.has(name) && (controller === undefined || controllers.has(controller))
  }
  const kept = limitNames.filter((name) => limits[name] !== undefined && isSettable(name))
  const settable: Limits = Object.fromEntries(kept.map((name) => [name, limits[name]]))
  // Swap is limited with memory unless said: where it cannot be, it is left alone.
  return lacking.has('memorySwapBytes') ? { ...settable, memorySwapBytes: 0 } : settable
}

interface LimitRow {
  readonly controller?: string
  /** v1 has at least one of these files in the root of the hierarchy; without any the controller alone is asked. */
  readonly v1Files?: readonly string[]
  /** v2 has nothing like it. */
  readonly isV1Only?: boolean
  /** What is discarded, for messages. */
  readonly label: string
  /** podman's words for a kernel that has the controller, but not this. */
  readonly lacking?: string
}

const unsupported = (what: string, discarded: string) =>
  `Your kernel does not support ${what} or the cgroup is not mounted. ${discarded} discarded.`

/** The BFQ scheduler's own weights are in every group but the root, whose files tell of it. */
const bfqSign = 'blkio.bfq.io_service_bytes'

const rows = {
  memoryBytes: { controller: 'memory', label: 'memory limit' },
  memorySwapBytes: {
    controller: 'memory',
    v1Files: ['memory.memsw.limit_in_bytes'],
    label: 'swap limit',
    lacking:
      'Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.',
  },
  memoryReservationBytes: { controller: 'memory', label: 'memory reservation' },
  memorySwappiness: {
    controller: 'memory',
    v1Files: ['memory.swappiness'],
    isV1Only: true,
    label: 'memory swappiness',
    lacking: unsupported('memory swappiness capabilities,', 'Memory swappiness'),
  },
  isOomKillDisabled: {
    controller: 'memory',
    v1Files: ['memory.oom_control'],
    isV1Only: true,
    label: 'disabling of the OOM killer',
    lacking: 'Your kernel does not support OomKillDisable. OomKillDisable discarded.',
  },
  cpus: {
    controller: 'cpu',
    v1Files: ['cpu.cfs_quota_us'],
    label: 'CPU limit',
    lacking: unsupported('CPU cfs quota', 'Quota'),
  },
  cpuShares: { controller: 'cpu', label: 'CPU shares' },
  cpuPeriodUs: {
    controller: 'cpu',
    v1Files: ['cpu.cfs_period_us'],
    label: 'CPU period',
    lacking: unsupported('CPU cfs period', 'Period'),
  },
  cpuQuotaUs: {
    controller: 'cpu',
    v1Files: ['cpu.cfs_quota_us'],
    label: 'CPU quota',
    lacking: unsupported('CPU cfs quota', 'Quota'),
  },
  cpuRealtimePeriodUs: {
    controller: 'cpu',
    v1Files: ['cpu.rt_period_us'],
    isV1Only: true,
    label: 'CPU real-time period',
    lacking: unsupported('CPU real-time period', 'Realtime period'),
  },
  cpuRealtimeRuntimeUs: {
    controller: 'cpu',
    v1Files: ['cpu.rt_runtime_us'],
    isV1Only: true,
    label: 'CPU real-time runtime',
    lacking: unsupported('CPU real-time runtime', 'Realtime runtime'),
  },
  cpusetCpus: { controller: 'cpuset', label: 'set of CPUs' },
  cpusetMems: { controller: 'cpuset', label: 'set of memory nodes' },
  blockWeight: {
    controller: 'io',
    v1Files: ['blkio.weight', bfqSign],
    label: 'Block I/O weight',
    lacking: unsupported('Block I/O weight', 'Weight'),
  },
  blockWeightDevices: {
    controller: 'io',
    v1Files: ['blkio.weight_device', bfqSign],
    label: 'Block I/O weight of devices',
    lacking: unsupported('Block I/O weight_device', 'Weight-device'),
  },
  blockReadBps: {
    controller: 'io',
    v1Files: ['blkio.throttle.read_bps_device'],
    label: 'Block I/O read limit',
    lacking: unsupported('BPS Block I/O read limit', 'Block I/O BPS read limit'),
  },
  blockWriteBps: {
    controller: 'io',
    v1Files: ['blkio.throttle.write_bps_device'],
    label: 'Block I/O write limit',
    lacking: unsupported('BPS Block I/O write limit', 'Block I/O BPS write limit'),
  },
  blockReadIops: {
    controller: 'io',
    v1Files: ['blkio.throttle.read_iops_device'],
    label: 'Block I/O read limit',
    lacking: unsupported('IOPS Block read limit', 'Block I/O IOPS read limit'),
  },
  blockWriteIops: {
    controller: 'io',
    v1Files: ['blkio.throttle.write_iops_device'],
    label: 'Block I/O write limit',
    lacking: unsupported('IOPS Block I/O write limit', 'Block I/O IOPS write limit'),
  },
  pidsLimit: { controller: 'pids', label: 'pids limit' },
  cgroupConf: { label: 'files of the control group' },
} as const satisfies Record<LimitName, LimitRow>

export const limitNames: readonly LimitName[] = Object.keys(rows) as LimitName[]

export interface LimitFiles {
  readonly name: LimitName
  readonly controller: string
  /** One of them is enough. */
  readonly files: readonly string[]
}

/** Of the limits that not every kernel's v1 has. */
export function v1LimitFiles(): LimitFiles[] {
  return limitNames.flatMap((name) => {
    const { v1Files }: LimitRow = rows[name]
    return v1Files === undefined ? [] : [{ name, controller: controllerOf(name, false) ?? '', files: v1Files }]
  })
}

/** What v2 has nothing like. */
export function v1OnlyLimits(): LimitName[] {
  return limitNames.filter((name) => {
    const row: LimitRow = rows[name]
    return row.isV1Only === true
  })
}

function controllerOf(name: LimitName, isUnified: boolean): string | undefined {
  const { controller }: LimitRow = rows[name]
  return controller === 'io' && !isUnified ? 'blkio' : controller
}

function limitWarning(
  name: LimitName,
  { isRootless, isUnified, controllers, lacking }: LimitAbility,
): string | undefined {
  const row: LimitRow = rows[name]
  const controller = controllerOf(name, isUnified)
  if (controller !== undefined && !controllers.has(controller)) {
    return `the ${controller} controller ${isRootless ? 'is not delegated to this user' : 'is not mounted'}: ${row.label} discarded`
  }
  if (!lacking.has(name)) return undefined
  return realtimeWarning(name, isUnified) ?? row.lacking
}

function realtimeWarning(name: LimitName, isUnified: boolean): string | undefined {
  if (!isUnified) return undefined
  if (name === 'cpuRealtimePeriodUs') return 'Realtime period not supported on cgroups V2 systems'
  return name === 'cpuRealtimeRuntimeUs' ? 'Realtime runtime not supported on cgroups V2 systems' : undefined
}

/** A limit of zero or less, or of nothing, is none. */
function isAsked(value: Limits[LimitName]): boolean {
  if (typeof value === 'number') return value > 0
  return value !== undefined && value !== false && value !== ''
}
