// Stopping a pod: its containers, then the infra container that they live by, then the control group.

import { stop as stopContainer } from '../container/stop.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { lockPod } from './lock-pod.ts'
import { isInfra, membersOf } from './members.ts'
import { announcePod, onMembers } from './on-members.ts'
import { removePodGroup } from './pod-group.ts'
import type { PodRecord } from './pod-record.ts'
import { endServiceIfIdle } from './service.ts'

export interface PodStop {
  readonly pod: Pick<PodRecord, 'id' | 'name'>
  readonly timeoutSeconds?: number
}

/** Idempotent. @throws not-found `pod-unknown`; conflict `pod-partial` */
export async function stop(engine: Engine, request: PodStop): Promise<void> {
  using locked = await lockPod(engine, request.pod)
  await stopLocked(engine, locked.pod, request)
  await endServiceIfIdle(engine, locked.pod)
}

/** The pod's lock is held. */
export async function stopLocked(
  engine: Engine,
  pod: PodRecord,
  { timeoutSeconds }: Pick<PodStop, 'timeoutSeconds'>,
): Promise<void> {
  const members = membersOf(engine.at, pod.id)
  const wait = timeoutSeconds === undefined ? {} : { timeoutSeconds }
  const work = async (container: StoredContainer) => stopContainer(engine, { container, ...wait, isPodLocked: true })
  await onMembers(
    members.filter((one) => !isInfra(one)),
    { doing: 'stopping', work },
  )
  await onMembers(members.filter(isInfra), { doing: 'stopping', work })
  await removePodGroup(engine, pod)
  announcePod(engine, pod, 'stop')
}
