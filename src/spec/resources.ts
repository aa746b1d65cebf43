// Limits. Absent means: not limited by us.

import { invalid } from '../base/errors.ts'
import type { CompleteSpec } from './container-spec.ts'
import { ociDeviceRules } from './devices.ts'
import type { OciFacts } from './facts.ts'
import type { OciResources } from './oci-config.ts'
import type { Ulimit } from './ulimits.ts'

export interface ResourceFacet {
  readonly memoryBytes?: number
  /** CPU time as a fraction of one CPU: 1.5. */
  readonly cpus?: number
  /** 0 or less: unlimited. */
  readonly pidsLimit?: number
  readonly ulimits?: readonly Ulimit[] | 'host'
  readonly sysctls: Readonly<Record<string, string>>
  readonly oomScoreAdj?: number
}

export interface CompleteResources extends ResourceFacet {
  readonly pidsLimit: number
  readonly ulimits: readonly Ulimit[] | 'host'
}

const cpuPeriodUs = 100_000
/** The kernel refuses less than 1 ms a period. */
const leastQuotaUs = 1000
/** runc and the kernel need this much to start anything at all. */
const leastMemoryBytes = 6 * 1024 * 1024

/** @throws invalid `memory-invalid`, `cpus-invalid` */
export function checkResources({ memoryBytes, cpus }: ResourceFacet): void {
  if (memoryBytes !== undefined && memoryBytes > 0 && memoryBytes < leastMemoryBytes) {
    throw invalid('memory-invalid', `minimum memory limit allowed is 6MB`)
  }
  if (cpus !== undefined && (!Number.isFinite(cpus) || cpus < 0))
    throw invalid('cpus-invalid', `invalid number of CPUs: ${cpus}`)
}

export interface LimitAbility {
  readonly isRootless: boolean
  readonly isUnified: boolean
  /** Limits that can be set; undefined when nobody knows before the start. */
  readonly controllers: ReadonlySet<string>
}

/** What the user is told at creation of limits that this host cannot set. `asked`: before the defaults were filled in. */
export function limitWarnings(asked: ResourceFacet, ability: LimitAbility): string[] {
  const limits = [
    { controller: 'memory', value: asked.memoryBytes, label: 'memory limit' },
    { controller: 'cpu', value: asked.cpus, label: 'CPU limit' },
    { controller: 'pids', value: asked.pidsLimit, label: 'pids limit' },
  ]
  const given = limits.filter(({ value }) => value !== undefined)
  if (given.length > 0 && ability.isRootless && !ability.isUnified) {
    return ['Resource limits are not supported and ignored on cgroups V1 rootless systems']
  }
  const where = ability.isRootless ? 'is not delegated to this user' : 'is not mounted'
  return given
    .filter(({ controller, value }) => (value as number) > 0 && !ability.controllers.has(controller))
    .map(({ controller, label }) => `the ${controller} controller ${where}: ${label} discarded`)
}

export function ociResources(spec: CompleteSpec, facts: OciFacts): OciResources {
  const devices = ociDeviceRules(spec, facts)
  const rules = devices.length === 0 ? {} : { devices }
  if (facts.cgroupsPath === undefined) return rules
  const { memoryBytes = 0, cpus = 0, pidsLimit } = spec.resources
  const can = (controller: string) => facts.controllers.has(controller)
  return {
    ...rules,
    ...(memoryBytes > 0 && can('memory') ? { memory: memoryLimit(memoryBytes) } : {}),
    ...(cpus > 0 && can('cpu') ? { cpu: cpuLimit(cpus) } : {}),
    ...(pidsLimit > 0 && can('pids') ? { pids: { limit: pidsLimit } } : {}),
  }
}

/** As podman: memory and swap together are twice the memory. */
export function memoryLimit(bytes: number): { limit: number; swap: number } {
  return { limit: bytes, swap: bytes * 2 }
}

export function cpuLimit(cpus: number): { period: number; quota: number } {
  return { period: cpuPeriodUs, quota: Math.max(leastQuotaUs, Math.round(cpus * cpuPeriodUs)) }
}
