// Removing a pod: its containers one by one, then the pod out of sight, then its infra container and what is left.

import { EngineError } from '../../base/errors.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { removeIdFile } from '../container/cid-file.ts'
import { isContainerGone } from '../container/lock-container.ts'
import { remove as removeContainer } from '../container/remove.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { lockPod } from './lock-pod.ts'
import { isInfra, membersOf } from './members.ts'
import { removeRemains, unpublish } from './nursery.ts'
import type { PodRecord } from './pod-record.ts'
import { stopMembers } from './stop.ts'

export interface PodRemoval {
  readonly pod: Pick<PodRecord, 'id' | 'name'>
  /** Its containers are stopped first. */
  readonly isForced: boolean
  readonly timeoutSeconds?: number
}

/**
 * Resolves to the ids of the containers that went with it. Idempotent after a kill: the next command goes on with it.
 * @throws conflict `pod-busy` when one of its containers, but for the infra container, runs; not-found `pod-unknown`
 */
export async function remove(engine: Engine, request: PodRemoval): Promise<string[]> {
  // What waits for its containers' ends holds no lock.
  if (request.isForced) await stopMembers(engine, request.pod, { ...request, isKept: true })
  using locked = await lockPod(engine, request.pod)
  const { pod } = locked
  const members = membersOf(engine.at, pod.id).filter((member) => !isInfra(member))
  if (!request.isForced) refuseBusy(pod, members)
  const removed: string[] = []
  for (const container of members) removed.push(...(await removeMember(engine, container, request)))
  const folder = unpublish(engine.at, pod.id)
  removed.push(...(await removeRemains(engine, pod.id, folder)))
  engine.events.append({ type: 'pod', status: 'remove', id: pod.id, name: pod.name, attributes: pod.labels })
  if (pod.idFile !== undefined) removeIdFile(pod.idFile, pod.id)
  return removed
}

async function removeMember(engine: Engine, container: StoredContainer, request: PodRemoval): Promise<string[]> {
  const { isForced, timeoutSeconds } = request
  const wait = timeoutSeconds === undefined ? {} : { timeoutSeconds }
  try {
    return await removeContainer(engine, {
      container,
      isForced,
      removesDependents: true,
      removesVolumes: true,
      isPodTended: true,
      ...wait,
    })
  } catch (error) {
    if (isContainerGone(error)) return []
    throw error
  }
}

function refuseBusy({ id }: PodRecord, members: readonly StoredContainer[]): void {
  const busy = members.filter(({ live }) => isAlive(live))
  if (busy.length === 0) return
  const troubles = busy.map(
    ({ id: member, live }) =>
      `removing container ${member} from pod ${id}: cannot remove container ${member} as it is ${live.status} - running or paused containers cannot be removed without force: container state improper`,
  )
  const message = `not all containers could be removed from pod ${id}: removing pod containers`
  throw new EngineError({
    kind: 'conflict',
    code: 'pod-busy',
    message: [message, ...troubles].join('\nError: '),
    hint: 'Stop it first, or use --force.',
  })
}
