// What a control group limits. Absent means: not limited by us.

import { defined } from '../base/defined.ts'
import { type BlockDevices, type BlockIoLimits, checkBlockIo, ociBlockIo } from './block-io.ts'
import { type CpuLimits, checkCpu, ociCpu } from './cpu.ts'
import { checkMemory, type MemoryLimits, ociMemory } from './memory.ts'
import type { OciResources } from './oci-config.ts'

export interface Limits extends MemoryLimits, CpuLimits, BlockIoLimits {
  /** 0 or less: unlimited. */
  readonly pidsLimit?: number
  /** Files of the control group and what is written to them; v2 only. */
  readonly cgroupConf?: Readonly<Record<string, string>>
}

export type LimitName = keyof Limits

/** @throws invalid `memory-invalid`, `cpus-invalid`, `cpu-invalid`, `cpuset-invalid`, `block-weight-invalid` */
export function checkLimits(limits: Limits): void {
  checkMemory(limits)
  checkCpu(limits)
  checkBlockIo(limits)
}

/** Of what this host can set: see limit-ability.ts. */
export function ociLimits(limits: Limits, devices: BlockDevices): OciResources {
  const { pidsLimit = 0 } = limits
  return defined({
    memory: ociMemory(limits),
    cpu: ociCpu(limits),
    blockIO: ociBlockIo(limits, devices),
    pids: pidsLimit > 0 ? { limit: pidsLimit } : undefined,
    unified: limits.cgroupConf,
  })
}
