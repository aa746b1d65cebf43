// What `update` changes of a container, kept beside its spec, which never changes, and laid over it.

import type { CompleteSpec } from './container-spec.ts'
import { cpuTime } from './cpu.ts'
import { mergeEnvironment, variableName } from './environment.ts'
import type { HealthFacet } from './health.ts'
import { limitNames } from './limit-ability.ts'
import type { Limits } from './limits.ts'
import type { CompleteProcess } from './process.ts'
import type { RestartPolicy } from './restart.ts'

export interface SpecUpdate {
  readonly limits?: Limits
  readonly restart?: RestartPolicy
  readonly environment?: EnvironmentUpdate
  /** All of it. */
  readonly health?: HealthFacet
}

export interface EnvironmentUpdate {
  /** `NAME=value`; they win over `unset`. */
  readonly set: readonly string[]
  readonly unset: readonly string[]
}

/** What `update` did, or several of them: `limits` are all that are in force, not only those that were changed. */
export function updatedSpec(spec: CompleteSpec, { limits, restart, environment, health }: SpecUpdate): CompleteSpec {
  return {
    ...spec,
    ...(limits === undefined ? {} : { resources: withLimits(spec.resources, limits) }),
    ...(restart === undefined ? {} : { restart }),
    ...(health === undefined ? {} : { health }),
    ...(environment === undefined ? {} : { process: withEnvironment(spec.process, environment) }),
  }
}

/** `earlier` and then `asked`, of a container that is `spec` by now. */
export function nextUpdate(spec: CompleteSpec, earlier: SpecUpdate, asked: SpecUpdate): SpecUpdate {
  const { limits, environment } = asked
  return {
    ...earlier,
    ...asked,
    ...(limits === undefined ? {} : { limits: mergeLimits(limitsIn(spec.resources), limits) }),
    ...(environment === undefined ? {} : { environment: mergeUpdates(earlier.environment, environment) }),
  }
}

/** What exec sessions and inspect see of a run that began with `started`. */
export function updatedEnvironment(started: readonly string[], { environment }: SpecUpdate): readonly string[] {
  return environment === undefined ? started : changedEnvironment(started, environment)
}

/** `entries` as `environment` leaves them. */
function changedEnvironment(entries: readonly string[], { set, unset }: EnvironmentUpdate): string[] {
  const kept = entries.filter((entry) => !unset.includes(variableName(entry)))
  return mergeEnvironment(kept, set)
}

function withEnvironment(process: CompleteProcess, environment: EnvironmentUpdate): CompleteProcess {
  return {
    ...process,
    environment: changedEnvironment(process.environment, environment),
    unsetEnvironment: [...(process.unsetEnvironment ?? []), ...environment.unset],
  }
}

function mergeUpdates(earlier: EnvironmentUpdate | undefined, asked: EnvironmentUpdate): EnvironmentUpdate {
  if (earlier === undefined) return asked
  const set = changedEnvironment(earlier.set, asked)
  const names = new Set(set.map(variableName))
  return { set, unset: [...new Set([...earlier.unset, ...asked.unset])].filter((name) => !names.has(name)) }
}

function withLimits(resources: CompleteSpec['resources'], limits: Limits): CompleteSpec['resources'] {
  const others = Object.entries(resources).filter(([name]) => !limitNames.includes(name as keyof Limits))
  const { pidsLimit = resources.pidsLimit } = limits
  return { ...(Object.fromEntries(others) as Omit<CompleteSpec['resources'], 'pidsLimit'>), ...limits, pidsLimit }
}

function limitsIn(resources: CompleteSpec['resources']): Limits {
  const entries = limitNames.map((name) => [name, resources[name]] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/** A limit that was worked out from another follows it: swap the memory, quota and period the number of CPUs. */
function mergeLimits(current: Limits, asked: Limits): Limits {
  const { memorySwapBytes, cpus, cpuPeriodUs, cpuQuotaUs, ...rest } = current
  const swap = asked.memoryBytes === undefined && memorySwapBytes !== undefined ? { memorySwapBytes } : {}
  return { ...rest, ...swap, ...mergedTime(current, asked), ...asked }
}

function mergedTime(current: Limits, asked: Limits): Limits {
  if (asked.cpus !== undefined) return {}
  const { period, quota } = cpuTime(current)
  return {
    ...(period === undefined ? {} : { cpuPeriodUs: period }),
    ...(quota === undefined ? {} : { cpuQuotaUs: quota }),
  }
}
