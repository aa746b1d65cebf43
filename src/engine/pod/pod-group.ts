// A pod's control group, which those of its containers lie in: made, with its limits, before one of them starts; gone when the pod stops, or
// with the pod where it is a slice of systemd's.

import { basename, dirname } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import { removeEmptyGroup } from '../../os/cgroup.ts'
import { type GroupLimits, makeGroup, writeGroupLimits } from '../../os/cgroup-limits.ts'
import { ociCgroupsPath } from '../../spec/cgroup.ts'
import { settableLimits } from '../../spec/limit-ability.ts'
import { ociLimits } from '../../spec/limits.ts'
import { sliceProperties } from '../../spec/slice-properties.ts'
import { resolveBlockDevices } from '../container/block-devices.ts'
import { cgroupSurroundings, groupOf, usableControllers } from '../container/cgroup-path.ts'
import { hostUser } from '../container/host-user.ts'
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

/** With its limits. Idempotent. @throws the kernel's errors, or systemd's, for a limit that it does not take */
export async function makePodGroup(engine: Engine, pod: PodRecord): Promise<void> {
  const group = podGroupOf(engine, pod)
  if (group === undefined) return
  const at = cgroupSurroundings(pod.cgroupManager, engine.settings.isRootless)
  const lacking = lackingLimits(pod.limits, at.isUnified)
  const controllers = usableControllers(at)
  const settable = settableLimits(pod.limits, { ...at, controllers, lacking })
  const limits = ociLimits(settable, resolveBlockDevices(pod.limits))
  if (pod.cgroupManager === 'systemd') return makeSlice(engine, pod, { group, limits })
  makeGroup(group, [...controllers])
  writeGroupLimits(group, limits)
}

/** systemd makes a slice without limits by itself as soon as something is in it. */
async function makeSlice(engine: Engine, pod: PodRecord, on: { group: string; limits: GroupLimits }): Promise<void> {
  const properties = sliceProperties(on.limits)
  if (properties.length === 0) return
  const { startSlice, bus } = await systemd(engine)
  if (bus === undefined) throw new EngineError(noSystemd)
  try {
    await startSlice(bus, { name: basename(on.group), description: `Gantry pod ${pod.name}`, properties })
  } catch (error) {
    const message = `limits of pod ${pod.name}: systemd does not take them: ${(error as Error).message}`
    throw new EngineError({ kind: 'unavailable', code: 'pod-limits-refused', message, cause: error })
  }
}

const noSystemd = {
  kind: 'unavailable',
  code: 'systemd-unreachable',
  message: 'limits of a pod need the bus of systemd, which cannot be reached',
  hint: 'Log in so that there is one, or make the pod with: --cgroup-manager cgroupfs',
} as const

async function systemd({ settings }: Pick<Engine, 'settings'>) {
  const { startSlice, stopSlice, systemdBus } = await import('../../os/systemd-unit.ts')
  return { startSlice, stopSlice, bus: systemdBus(settings.isRootless, hostUser().uid) }
}

/** Of a pod of which nothing runs. systemd's slice stays until the pod goes: stopping it would end what is started at that moment. Idempotent. */
export async function removePodGroup(engine: Engine, pod: PodRecord): Promise<void> {
  const group = podGroupOf(engine, pod)
  if (group !== undefined && pod.cgroupManager === 'cgroupfs') await removeEmptyGroup(group)
}

/** Of a pod that is gone for everybody, with what may be left in it. Idempotent. */
export async function removeGroupOfGone(engine: Engine, pod: PodRecord): Promise<void> {
  if (pod.cgroupManager === 'cgroupfs') return removePodGroup(engine, pod)
  const group = podGroupOf(engine, pod)
  if (group === undefined) return
  const { stopSlice, bus } = await systemd(engine)
  if (bus !== undefined) await stopSlice(bus, basename(group)).catch((error: Error) => logDebug(error.message))
}
