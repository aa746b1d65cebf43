// stats: what running containers use, read from their control groups and network namespaces. Takes no lock.

import { totalmem } from 'node:os'
import { EngineError } from '../../base/errors.ts'
import { isUnifiedCgroup } from '../../os/cgroup.ts'
import { type CgroupUsage, cgroupUsage } from '../../os/cgroup-usage.ts'
import { type InterfaceUsage, networkUsage } from '../../os/network-usage.ts'
import { type AliveState, isAlive } from '../../runtime/live-state.ts'
import type { Engine } from '../engine.ts'
import { cgroupPathOf } from './cgroup-path.ts'
import { allContainers, selectContainers } from './select.ts'
import type { StoredContainer } from './stored-container.ts'

export interface ContainerStats {
  readonly id: string
  readonly name: string
  /** When it was measured, nanoseconds since 1970; 0 for a container that does not run, of which everything is 0. */
  readonly measuredNs: number
  readonly usage: CgroupUsage
  /** The container's, or the machine's memory. */
  readonly memoryLimitBytes: number
  /** Of one CPU, since the measurement before, or since it was started. */
  readonly cpuPercent: number
  /** Since it was started. */
  readonly averageCpuPercent: number
  readonly networks: readonly InterfaceUsage[]
}

/** @throws unsupported `stats-unsupported` for an ordinary user on cgroup v1, whose containers have no groups */
export function checkStats({ settings }: Engine): void {
  if (!settings.isRootless || isUnifiedCgroup()) return
  throw new EngineError({
    kind: 'unsupported',
    code: 'stats-unsupported',
    message: 'stats is not supported in rootless mode without cgroups v2',
    hint: 'Boot with systemd.unified_cgroup_hierarchy=1, or run the container as root.',
  })
}

export interface StatsSelection {
  /** None: all that run. */
  readonly names: readonly string[]
  readonly all: boolean
  readonly latest: boolean
}

/**
 * Oldest first, or in the order named. In a list of all, those that have no group or have just ended are left out.
 * `before`: the last measurement of each, by id.
 * @throws not-found `container-unknown`; conflict `no-cgroup` for one that was made without a group, `container-state` where it ends meanwhile
 */
export function measure(
  engine: Engine,
  selection: StatsSelection,
  before: ReadonlyMap<string, ContainerStats>,
): ContainerStats[] {
  const { names, all, latest } = selection
  if (latest || names.length > 0) {
    const chosen = selectContainers(engine, { names, all: false, latest, filters: [], ignore: false })
    return chosen.map((container) => statsOf(engine, container, before.get(container.id)))
  }
  const found = allContainers(engine.at).filter(({ live }) => all || live.status === 'running')
  return found.reverse().flatMap((container) => statsOrNone(engine, container, before.get(container.id)))
}

function statsOrNone(engine: Engine, container: StoredContainer, before: ContainerStats | undefined): ContainerStats[] {
  try {
    return [statsOf(engine, container, before)]
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'conflict') return []
    throw error
  }
}

function statsOf(engine: Engine, container: StoredContainer, before: ContainerStats | undefined): ContainerStats {
  const { id, name, stored, live } = container
  if (stored.spec.cgroup.mode === 'disabled') throw noCgroup(id)
  if (!isAlive(live)) return { ...nothing, id, name }
  const group = cgroupPathOf(engine, container)
  if (group === undefined) throw noCgroup(id)
  const usage = cgroupUsage(group)
  if (usage === undefined) throw stopped(group)
  const measuredNs = Date.now() * 1e6
  const machineBytes = totalmem()
  return {
    id,
    name,
    measuredNs,
    usage,
    memoryLimitBytes: Math.min(usage.memoryLimitBytes || machineBytes, machineBytes),
    ...cpuPercents(usage.cpuNs, measuredNs, { startedNs: Date.parse(live.startedAt) * 1e6, before }),
    networks: networksOf(container, live),
  }
}

const nothing: Omit<ContainerStats, 'id' | 'name'> = {
  measuredNs: 0,
  usage: {
    cpuNs: 0,
    cpuKernelNs: 0,
    perCpuNs: [],
    memoryBytes: 0,
    memoryLimitBytes: 0,
    readBytes: 0,
    writtenBytes: 0,
    processes: 0,
  },
  memoryLimitBytes: 0,
  cpuPercent: 0,
  averageCpuPercent: 0,
  networks: [],
}

interface Since {
  readonly startedNs: number
  readonly before: ContainerStats | undefined
}

/** A group that has used less than before is a new one: the container was started again. */
function cpuPercents(cpuNs: number, nowNs: number, { startedNs, before }: Since) {
  const percent = (usedNs: number, sinceNs: number) =>
    usedNs > 0 && nowNs > sinceNs ? (usedNs / (nowNs - sinceNs)) * 100 : 0
  const average = percent(cpuNs, startedNs)
  const isSame = before !== undefined && before.measuredNs > 0 && before.usage.cpuNs <= cpuNs
  return {
    averageCpuPercent: average,
    cpuPercent: isSame ? percent(cpuNs - before.usage.cpuNs, before.measuredNs) : average,
  }
}

/** The host's are nobody's. */
function networksOf({ stored }: StoredContainer, live: AliveState): InterfaceUsage[] {
  return stored.spec.namespaces.network.kind === 'host' ? [] : networkUsage(live.pid)
}

function noCgroup(id: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'no-cgroup',
    message: `cannot show statistics of container ${id}: this container is not creating cgroups`,
  })
}

function stopped(group: string): EngineError {
  const message = `cgroup ${group} does not exist: container is stopped`
  return new EngineError({ kind: 'conflict', code: 'container-state', message })
}
