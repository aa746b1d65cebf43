// Stopping a pod: its containers, then the infra container that they live by, then the control group.

import { isAlive } from '../../runtime/live-state.ts'
import { stop as stopContainer } from '../container/stop.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { lockPod } from './lock-pod.ts'
import { isAnyAlive, isInfra, membersOf } from './members.ts'
import { announcePod, onMembers } from './on-members.ts'
import { removePodGroup } from './pod-group.ts'
import type { PodRecord } from './pod-record.ts'

export interface PodStop {
  readonly pod: Pick<PodRecord, 'id' | 'name'>
  readonly timeoutSeconds?: number
}

/** Idempotent. @throws not-found `pod-unknown`; conflict `pod-partial` */
export async function stop(engine: Engine, request: PodStop): Promise<void> {
  using locked = await lockPod(engine, request.pod)
  await stopLocked(engine, locked.pod, request)
}

/** The pod's lock is held. */
export async function stopLocked(
  engine: Engine,
  pod: PodRecord,
  { timeoutSeconds }: Pick<PodStop, 'timeoutSeconds'>,
): Promise<void> {
  const members = membersOf(engine.at, pod.id)
  const wait = timeoutSeconds === undefined ? {} : { timeoutSeconds }
  const work = async (container: StoredContainer) => stopContainer(engine, { container, ...wait })
  await onMembers(
    members.filter((one) => !isInfra(one)),
    { doing: 'stopping', work },
  )
  await onMembers(members.filter(isInfra), { doing: 'stopping', work })
  await removePodGroup(engine, pod)
  announcePod(engine, pod, 'stop')
}

/**
 * Exit policy `stop`: once a member has ended and nothing but the infra container is left, that ends, too. One that is being started at
 * this moment is alive or starts the infra container again. Idempotent; no container's lock is held.
 */
export async function stopIfIdle(engine: Engine, pod: PodRecord): Promise<void> {
  if (pod.exitPolicy !== 'stop' || pod.infraId === undefined) return
  const members = membersOf(engine.at, pod.id)
  if (isAnyAlive(members.filter((one) => !isInfra(one)))) return
  const infra = members.find((one) => isInfra(one) && isAlive(one.live))
  if (infra === undefined) return
  await stopContainer(engine, { container: infra })
  await removePodGroup(engine, pod)
}
