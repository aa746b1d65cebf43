// Starting a pod: the infra container, the init containers one after the other, then the others.

import { EngineError } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { remove } from '../container/remove.ts'
import { startInSteps } from '../container/start-in-steps.ts'
import { readStoredContainer, type StoredContainer } from '../container/stored-container.ts'
import { wait } from '../container/wait.ts'
import type { Engine } from '../engine.ts'
import { lockPod, type SharedLock, shareLock } from './lock-pod.ts'
import { isInfra, isInit, membersOf } from './members.ts'
import { announcePod, onMembers } from './on-members.ts'
import type { PodRecord } from './pod-record.ts'
import { startService } from './service.ts'

/** What runs already is left alone. @throws not-found `pod-unknown`; conflict `pod-partial`, `pod-stopped`, `init-failed`, `pod-empty` */
export async function start(engine: Engine, target: Pick<PodRecord, 'id' | 'name'>): Promise<void> {
  const locked = await lockPod(engine, target)
  using lock = shareLock(engine, locked)
  await startWith(engine, locked.pod, lock)
}

/** As start. The pod's lock is held at first, and for nothing that takes its time: init containers, hooks, startup checks. */
export async function startWith(engine: Engine, pod: PodRecord, lock: SharedLock): Promise<void> {
  const members = membersOf(engine.at, pod.id)
  if (members.length === 0) throw empty(pod)
  await startService(engine, pod)
  const asleep = members.filter(({ live }) => !isAlive(live))
  const work = async (container: StoredContainer) => wake(engine, container, lock)
  await onMembers(asleep.filter(isInfra), { doing: 'starting', work })
  const isFresh = !members.some((one) => isAlive(one.live) && !isInfra(one) && !isInit(one))
  const inits = isFresh ? asleep.filter(isInit) : []
  if (inits.length > 0) lock.leave()
  for (const init of inits) await runInit(engine, init, lock)
  const starting = onMembers(
    asleep.filter((one) => !isInfra(one) && !isInit(one)),
    { doing: 'starting', work },
  )
  // Each of them has it by now.
  lock.leave()
  await starting
  announcePod(engine, pod, 'start')
}

/**
 * Of a pod that is being filled: the infra container comes up meanwhile. What fails is left to startWith, which tries it again. The pod's
 * lock is held.
 */
export async function startInfraAhead(engine: Engine, pod: PodRecord, lock: SharedLock): Promise<void> {
  const infra = pod.infraId === undefined ? undefined : readStoredContainer(engine.at, pod.infraId)
  if (infra === undefined) return
  try {
    await startService(engine, pod)
    await wake(engine, infra, lock)
  } catch (error) {
    logDebug(`the infra container of pod ${pod.name} does not start yet`, { error })
  }
}

/** Another member that needs it may have woken it. */
async function wake(engine: Engine, container: StoredContainer, lock: SharedLock): Promise<void> {
  try {
    await startInSteps(engine, { container, isAttached: false }, lock.within)
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'container-running') throw error
  }
}

/** @throws conflict `init-failed`, `pod-stopped` */
async function runInit(engine: Engine, container: StoredContainer, lock: SharedLock): Promise<void> {
  await startInSteps(engine, { container, isAttached: false }, lock.within)
  const code = await wait(engine, { container, conditions: [] })
  if (readStoredContainer(engine.at, container.id)?.record.isStoppedByUser === true) throw stopped(container)
  if (code !== 0) {
    throw new EngineError({
      kind: 'conflict',
      code: 'init-failed',
      message: `init container ${container.id} exited with code ${code}`,
      hint: `See what it said: gantry logs ${container.name}`,
    })
  }
  if (container.stored.spec.pod?.role !== 'once') return
  await remove(engine, { container, isForced: true, removesDependents: false, removesVolumes: true, isPodTended: true })
}

function stopped({ name }: StoredContainer): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'pod-stopped',
    message: `init container ${name} was stopped: the rest of its pod is not started`,
  })
}

function empty({ name }: PodRecord): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'pod-empty',
    message: `no containers in pod ${name} have no dependencies, cannot start pod: no such container`,
  })
}
