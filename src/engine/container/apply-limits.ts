// The limits of a container's spec → its control group, while it runs: by its runtime's `update`, and what runc's leaves out by hand.

import { isUnifiedCgroup } from '../../os/cgroup.ts'
import { hasCgroupFile, writeCgroupFile } from '../../os/cgroup-files.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { updateByRuntime } from '../../runtime/update.ts'
import type { OciThrottle } from '../../spec/block-io.ts'
import { settableLimits } from '../../spec/limit-ability.ts'
import { ociLimits } from '../../spec/limits.ts'
import type { OciResources } from '../../spec/oci-config.ts'
import type { Engine } from '../engine.ts'
import { resolveBlockDevices } from './block-devices.ts'
import { cgroupPathOf, cgroupSurroundings, usableControllers } from './cgroup-path.ts'
import { lackingLimits } from './lacking-limits.ts'
import type { StoredContainer } from './stored-container.ts'

/** Nothing where it has no group. The container's lock is held and it is alive. @throws the runtime's errors; the kernel's of a file */
export async function applyLimits(engine: Engine, container: StoredContainer): Promise<void> {
  const group = cgroupPathOf(engine, container)
  if (group === undefined) return
  const { stored, id } = container
  const { resources } = stored.spec
  const at = cgroupSurroundings(stored.cgroupManager, engine.settings.isRootless)
  const lacking = lackingLimits(resources, at.isUnified)
  const limits = settableLimits(resources, { ...at, controllers: usableControllers(at), lacking })
  const oci = ociLimits(limits, resolveBlockDevices(resources))
  // What was limited and is not any more must be said.
  const isFree = limits.pidsLimit !== undefined && limits.pidsLimit <= 0
  const runtime = runtimeOf(engine.at, stored)
  await updateByRuntime(runtime, id, { ...oci, ...(isFree ? { pids: { limit: -1 } } : {}) })
  if (runtime.name === 'runc') writeLeftOut(group, oci)
}

function writeLeftOut(group: string, { memory, blockIO = {} }: OciResources): void {
  if (memory?.swappiness !== undefined) {
    writeCgroupFile({ group, controller: 'memory', name: 'memory.swappiness' }, String(memory.swappiness))
  }
  for (const { major, minor, weight } of blockIO.weightDevice ?? []) {
    const names = ['blkio.weight_device', 'blkio.bfq.weight_device', 'io.bfq.weight']
    const name = names.find((candidate) => hasCgroupFile({ group, controller: 'blkio', name: candidate }))
    if (name !== undefined) writeCgroupFile({ group, controller: 'blkio', name }, `${major}:${minor} ${weight}`)
  }
  for (const { rates, v1, v2 } of throttles(blockIO)) {
    const file = { group, controller: 'blkio', name: isUnifiedCgroup() ? 'io.max' : `blkio.throttle.${v1}_device` }
    const prefix = isUnifiedCgroup() ? `${v2}=` : ''
    for (const { major, minor, rate } of rates ?? []) writeCgroupFile(file, `${major}:${minor} ${prefix}${rate}`)
  }
}

interface Throttle {
  readonly rates: readonly OciThrottle[] | undefined
  readonly v1: string
  readonly v2: string
}

function throttles(blockIo: NonNullable<OciResources['blockIO']>): Throttle[] {
  return [
    { rates: blockIo.throttleReadBpsDevice, v1: 'read_bps', v2: 'rbps' },
    { rates: blockIo.throttleWriteBpsDevice, v1: 'write_bps', v2: 'wbps' },
    { rates: blockIo.throttleReadIOPSDevice, v1: 'read_iops', v2: 'riops' },
    { rates: blockIo.throttleWriteIOPSDevice, v1: 'write_iops', v2: 'wiops' },
  ]
}
