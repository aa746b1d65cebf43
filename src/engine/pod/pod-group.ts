// A pod's control group, which those of its containers lie in: made, with its limits, before one of them starts; gone when the pod stops.
// systemd makes a slice by itself as soon as something is in it.

import { dirname } from 'node:path'
import { removeEmptyGroup } from '../../os/cgroup.ts'
import { makeGroup, writeGroupLimits } from '../../os/cgroup-limits.ts'
import { ociCgroupsPath } from '../../spec/cgroup.ts'
import { settableLimits } from '../../spec/limit-ability.ts'
import { ociLimits } from '../../spec/limits.ts'
import { resolveBlockDevices } from '../container/block-devices.ts'
import { cgroupSurroundings, groupOf, usableControllers } from '../container/cgroup-path.ts'
import { lackingLimits } from '../container/lacking-limits.ts'
import type { Engine } from '../engine.ts'
import type { PodRecord } from './pod-record.ts'

type Grouped = Pick<PodRecord, 'id' | 'isGroupShared' | 'groupParent' | 'cgroupManager'>

/** Below each hierarchy's root; undefined where it has none. */
export function podGroupOf({ settings }: Pick<Engine, 'settings'>, pod: Grouped): string | undefined {
  if (!pod.isGroupShared) return undefined
  const at = cgroupSurroundings(pod.cgroupManager, settings.isRootless)
  const parent = pod.groupParent === undefined ? {} : { parent: pod.groupParent }
  const path = ociCgroupsPath('x', { mode: 'enabled', pod: pod.id, ...parent }, at)
  return path === undefined ? undefined : dirname(groupOf(path, pod.cgroupManager, settings.isRootless))
}

/** With its limits. Idempotent. @throws the kernel's errors for a limit that it does not take */
export function makePodGroup(engine: Engine, pod: PodRecord): void {
  const group = podGroupOf(engine, pod)
  if (group === undefined || pod.cgroupManager === 'systemd') return
  const at = cgroupSurroundings(pod.cgroupManager, engine.settings.isRootless)
  const lacking = lackingLimits(pod.limits, at.isUnified)
  const limits = settableLimits(pod.limits, { ...at, controllers: usableControllers(at), lacking })
  makeGroup(group, [...usableControllers(at)])
  writeGroupLimits(group, ociLimits(limits, resolveBlockDevices(pod.limits)))
}

/** Of a pod of which nothing runs; of one whose record is gone the usual one. Idempotent. */
export async function removePodGroup(engine: Engine, pod: string | PodRecord): Promise<void> {
  const { cgroupManager } = engine.settings
  const grouped = typeof pod === 'string' ? { id: pod, isGroupShared: true, cgroupManager } : pod
  const group = podGroupOf(engine, grouped)
  if (group !== undefined) await removeEmptyGroup(group)
}
