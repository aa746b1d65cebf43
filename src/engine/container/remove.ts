// Removing a container: refused while it runs or others depend on it, unless forced. See remove-locked.ts for what a crash leaves.

import { defined } from '../../base/defined.ts'
import { EngineError } from '../../base/errors.ts'
import { isAlive } from '../../runtime/live-state.ts'
import type { Engine } from '../engine.ts'
import { dependentsOf } from './dependents.ts'
import { containerGone, isContainerGone, lockContainer, stateImproper } from './lock-container.ts'
import { removeLocked } from './remove-locked.ts'
import { isToBeRestarted } from './restart-after-end.ts'
import { stop } from './stop.ts'
import { type ContainerRef, readStoredContainer, type StoredContainer } from './stored-container.ts'

export interface RemoveRequest {
  readonly container: ContainerRef
  /** Stops it first if it runs. */
  readonly isForced: boolean
  /** For that stop; the container's own if undefined. */
  readonly timeoutSeconds?: number
  /** Removes those that live in its namespaces too, before it. */
  readonly removesDependents: boolean
  /** Its pod goes with it: else an infra container stays. */
  readonly isPodRemoved?: boolean
  /** As for a stop. */
  readonly isPodTended?: boolean
  /** Its anonymous volumes, too. */
  readonly removesVolumes?: boolean
}

/**
 * Resolves to the ids that are gone now, dependents first.
 * @throws conflict `container-state`, `container-has-dependents`; not-found `container-unknown`
 */
export async function remove(engine: Engine, request: RemoveRequest): Promise<string[]> {
  const container = readStoredContainer(engine.at, request.container.id)
  if (container === undefined) throw containerGone(request.container.name)
  if (container.stored.spec.pod?.role === 'infra' && request.isPodRemoved !== true)
    return removePod(engine, container, request)
  if (container.stored.spec.service !== undefined)
    (await import('../pod/service.ts')).refuseServiceOfPods(engine, container)
  const removed = await removeDependents(engine, container, request)
  if (!request.isForced) refuseIfRunning(container)
  try {
    await stopIfAlive(engine, container, request)
    await removeNow(engine, container, request)
  } catch (error) {
    // Its own --rm, or somebody else, was faster.
    if (!isContainerGone(error)) throw error
  }
  return [...removed, container.id]
}

/** Without its infra container a pod is of no use. @throws conflict `container-is-infra` unless dependents are to go */
async function removePod(engine: Engine, container: StoredContainer, request: RemoveRequest): Promise<string[]> {
  const { pod } = container.stored.spec
  if (pod === undefined || !request.removesDependents) throw isInfra(container)
  const { remove: removeWhole } = await import('../pod/remove.ts')
  const { isForced, timeoutSeconds } = request
  return removeWhole(engine, { pod: { id: pod.id, name: pod.id }, isForced, ...defined({ timeoutSeconds }) })
}

async function removeDependents(engine: Engine, container: StoredContainer, request: RemoveRequest): Promise<string[]> {
  const ids = dependentsOf(engine.at, container.id)
  if (ids.length === 0) return []
  if (!request.removesDependents) throw hasDependents(container, ids)
  const removed: string[] = []
  for (const id of ids) {
    // It may have gone with another one that it depends on, too.
    if (removed.includes(id)) continue
    removed.push(...(await remove(engine, { ...request, container: { id, name: id } })))
  }
  return removed
}

async function stopIfAlive(engine: Engine, container: StoredContainer, request: RemoveRequest): Promise<void> {
  const isStarting = container.live.status === 'created' && container.live.isUnsettled
  const isRunning = isAlive(container.live) || isStarting
  // Between two runs of its restart policy it is alive again in a moment.
  if (!isRunning && !(request.isForced && isToBeRestarted(container))) return
  const { timeoutSeconds, isPodTended } = request
  await stop(engine, { container, ...defined({ timeoutSeconds, isPodTended }) })
}

async function removeNow(
  engine: Engine,
  target: StoredContainer,
  { removesVolumes = false }: RemoveRequest,
): Promise<void> {
  using locked = await lockContainer(engine, target)
  if (isAlive(locked.container.live)) throw running(locked.container)
  await removeLocked(engine, locked.container, { removesVolumes })
}

function refuseIfRunning(container: StoredContainer): void {
  if (isAlive(container.live) && container.live.status !== 'initialized') throw running(container)
}

function running({ id, live }: StoredContainer): EngineError {
  return stateImproper(
    `cannot remove container ${id} as it is ${live.status} - running or paused containers cannot be removed without force`,
  )
}

function isInfra({ id, stored }: StoredContainer): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'container-is-infra',
    message: `container ${id} is the infra container of pod ${stored.spec.pod?.id} and cannot be removed without removing the pod`,
    hint: 'Remove the pod with: pod rm, or rm --depend',
  })
}

function hasDependents({ id }: StoredContainer, ids: readonly string[]): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'container-has-dependents',
    message: `container ${id} has dependent containers which must be removed before it: ${ids.join(', ')}: container already exists`,
    hint: 'Remove them too with: rm --depend',
  })
}
