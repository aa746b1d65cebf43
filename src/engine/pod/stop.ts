// Stopping a pod: its containers, then the infra container that they live by, then the control group.

import { defined } from '../../base/defined.ts'
import { runAllSteps } from '../../base/run-all-steps.ts'
import { type StopRequest, stop as stopContainer } from '../container/stop.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { isPodGone } from './find-pod.ts'
import { type LockedPod, lockPod } from './lock-pod.ts'
import { isInfra, membersOf, sidecarsAmong } from './members.ts'
import { announcePod, onMembers } from './on-members.ts'
import { removePodGroup } from './pod-group.ts'
import type { PodRecord } from './pod-record.ts'
import { endServiceIfIdle } from './service.ts'

export interface PodStop {
  readonly pod: Pick<PodRecord, 'id' | 'name'>
  readonly timeoutSeconds?: number
}

/** Idempotent; one that is removed meanwhile is stopped. @throws conflict `pod-partial` */
export async function stop(engine: Engine, request: PodStop): Promise<void> {
  await stopMembers(engine, request.pod, request)
  using locked = await lockIfThere(engine, request.pod)
  if (locked === undefined) return
  await stopLocked(engine, locked.pod, request)
  await endServiceIfIdle(engine, locked.pod)
}

/** Undefined where it is gone: whoever was making it takes it away when its start is interrupted. */
async function lockIfThere(engine: Engine, pod: PodStop['pod']): Promise<LockedPod | undefined> {
  try {
    return await lockPod(engine, pod)
  } catch (error) {
    if (isPodGone(error)) return undefined
    throw error
  }
}

/**
 * All but the infra container, sidecars last, as Kubernetes does. Who has the pod's lock may start some of them again meanwhile; this waits, for as long as they take, and so needs
 * no lock. Idempotent. @throws conflict `pod-partial`
 */
export async function stopMembers(
  engine: Engine,
  { id }: Pick<PodRecord, 'id'>,
  { timeoutSeconds, isKept }: Pick<StopRequest, 'timeoutSeconds' | 'isKept'>,
): Promise<void> {
  const work = async (container: StoredContainer) =>
    stopContainer(engine, { container, ...defined({ timeoutSeconds, isKept }), isPodTended: true })
  const members = membersOf(engine.at, id).filter((one) => !isInfra(one))
  const sidecars = sidecarsAmong(members)
  const ofKind = (isSidecar: boolean) => members.filter((one) => sidecars.has(one.id) === isSidecar)
  const steps = [
    ofKind(false),
    ...ofKind(true)
      .map((one) => [one])
      .reverse(),
  ]
  const waits = steps.map((some) => async () => onMembers(some, { doing: 'stopping', work }))
  await runAllSteps(waits, 'stopping the containers of a pod failed')
}

/** What of it runs still, or again, after stopMembers. The pod's lock is held. */
export async function stopLocked(
  engine: Engine,
  pod: PodRecord,
  { timeoutSeconds }: Pick<PodStop, 'timeoutSeconds'>,
): Promise<void> {
  await stopMembers(engine, pod, defined({ timeoutSeconds }))
  const work = async (container: StoredContainer) => stopContainer(engine, { container, isPodTended: true })
  await onMembers(membersOf(engine.at, pod.id).filter(isInfra), { doing: 'stopping', work })
  await removePodGroup(engine, pod)
  announcePod(engine, pod, 'stop')
}
