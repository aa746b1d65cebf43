// What follows the end of a pod's container, where no other runs: a pod of exit policy `stop` ends, and a service with its last pod.

import { isAlive } from '../../runtime/live-state.ts'
import { isToBeRestarted } from '../container/restart-after-end.ts'
import { stop as stopContainer } from '../container/stop.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { isPodGone } from './find-pod.ts'
import { lockPod } from './lock-pod.ts'
import { isInfra, isInit, membersOf, sidecarsAmong } from './members.ts'
import { removePodGroup } from './pod-group.ts'
import type { PodRecord } from './pod-record.ts'
import { endServiceIfIdle } from './service.ts'

/** Idempotent; a pod that is gone is passed over. No lock is held, nor while it waits for sidecars to end. */
export async function endIfIdle(engine: Engine, podId: string): Promise<void> {
  try {
    for (;;) {
      const sidecars = await endOrTell(engine, podId)
      if (sidecars.length === 0) return
      for (const container of sidecars) await stopContainer(engine, { container, isPodTended: true })
    }
  } catch (error) {
    if (!isPodGone(error)) throw error
  }
}

/** Ends it, or tells which sidecars have to end first, in this order. */
async function endOrTell(engine: Engine, podId: string): Promise<StoredContainer[]> {
  using locked = await lockPod(engine, { id: podId, name: podId })
  const sidecars = lastSidecars(engine, locked.pod)
  if (sidecars.length > 0) return sidecars
  await endLocked(engine, locked.pod)
  await endServiceIfIdle(engine, locked.pod)
  return []
}

/** The pod's lock is held: no member is started while the infra container that it would live by ends. */
async function endLocked(engine: Engine, pod: PodRecord): Promise<void> {
  if (pod.exitPolicy !== 'stop' || pod.infraId === undefined) return
  const members = membersOf(engine.at, pod.id)
  const infra = members.find((one) => isInfra(one) && isAlive(one.live))
  if (infra === undefined || members.some((one) => !isInfra(one) && isToRunOn(one))) return
  await stopContainer(engine, { container: infra, isPodTended: true })
  await removePodGroup(engine, pod)
}

/** Where nothing else runs on, the newest first. What has not been started yet may be about to be. */
function lastSidecars({ at }: Engine, pod: PodRecord): StoredContainer[] {
  if (pod.exitPolicy !== 'stop') return []
  const members = membersOf(at, pod.id).filter((one) => !isInfra(one))
  const sidecars = sidecarsAmong(members)
  const areNeeded = members.some((one) => !sidecars.has(one.id) && !isInit(one) && !hasEnded(one))
  return areNeeded ? [] : members.filter((one) => sidecars.has(one.id) && isToRunOn(one)).reverse()
}

function hasEnded(member: StoredContainer): boolean {
  return member.live.status === 'exited' && !isToBeRestarted(member)
}

/** One that waits for its restart needs the infra container, too. */
function isToRunOn(member: StoredContainer): boolean {
  return isAlive(member.live) || isToBeRestarted(member)
}
