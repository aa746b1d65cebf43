// What a container may use: limits of its control group (limits.ts) and of its processes.

import type { CompleteSpec } from './container-spec.ts'
import { ociDeviceRules } from './devices.ts'
import type { OciFacts } from './facts.ts'
import { settableLimits } from './limit-ability.ts'
import { type Limits, ociLimits } from './limits.ts'
import type { OciResources } from './oci-config.ts'
import type { Ulimit } from './ulimits.ts'

export interface ResourceFacet extends Limits {
  readonly ulimits?: readonly Ulimit[] | 'host'
  readonly sysctls: Readonly<Record<string, string>>
  readonly oomScoreAdj?: number
  /** Class of service of Intel's Resource Director Technology, made by the administrator below /sys/fs/resctrl. */
  readonly rdtClass?: string
}

export interface CompleteResources extends ResourceFacet {
  readonly pidsLimit: number
  readonly ulimits: readonly Ulimit[] | 'host'
}

export function ociResources(spec: CompleteSpec, facts: OciFacts): OciResources {
  const devices = ociDeviceRules(spec, facts)
  const rules = devices.length === 0 ? {} : { devices }
  if (facts.cgroupsPath === undefined) return rules
  return {
    ...rules,
    ...ociLimits(settableLimits(spec.resources, { ...facts, isUnified: facts.isUnifiedCgroup }), facts.blockDevices),
  }
}
