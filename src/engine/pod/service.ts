// The service container of pods: started before the first of them, ended with the last, gone with the last.

import { constants } from 'node:os'
import { EngineError } from '../../base/errors.ts'
import { isAlive } from '../../runtime/live-state.ts'
import type { ExitCodePropagation } from '../../spec/service.ts'
import { kill } from '../container/kill.ts'
import { isContainerGone, isStateImproper } from '../container/lock-container.ts'
import { remove } from '../container/remove.ts'
import { start } from '../container/start.ts'
import { readStoredContainer, type StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { isInfra, membersByPod, podState } from './members.ts'
import { allPods, type PodRecord } from './pod-record.ts'

/** Ids. Lock-free. */
export function podsOfService({ at }: Pick<Engine, 'at'>, service: string): string[] {
  return allPods(at).flatMap(({ id, serviceId }) => (serviceId === service ? [id] : []))
}

/** Before anything of the pod's. Idempotent; the pod's lock is held. @throws as start does */
export async function startService(engine: Engine, { serviceId }: PodRecord): Promise<void> {
  const service = serviceId === undefined ? undefined : readStoredContainer(engine.at, serviceId)
  if (service === undefined || isAlive(service.live)) return
  try {
    await start(engine, { container: service, isAttached: false })
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'container-running') throw error
  }
}

/** Once all of its pods have ended. Idempotent; the pod's lock is held. */
export async function endServiceIfIdle(engine: Engine, { serviceId }: PodRecord): Promise<void> {
  const service = serviceId === undefined ? undefined : readStoredContainer(engine.at, serviceId)
  if (service === undefined || !isAlive(service.live)) return
  const members = membersByPod(engine.at)
  const pods = podsOfService(engine, service.id).map((id) => members.get(id) ?? [])
  if (!pods.every((pod) => ['Stopped', 'Exited', 'Error'].includes(podState(pod)))) return
  const exitCodes = pods.flat().filter((member) => !isInfra(member))
  const isFailed = hasFailed(exitCodes, service.stored.spec.service?.exitCodes)
  // Its program ends well when it is asked to: a service manager sees no other end.
  const signal = isFailed ? constants.signals.SIGKILL : constants.signals.SIGINT
  try {
    await kill(engine, { container: service, signal })
  } catch (error) {
    // Another pod's end was faster.
    if (!isStateImproper(error) && !isContainerGone(error)) throw error
  }
}

function hasFailed(members: readonly StoredContainer[], exitCodes: ExitCodePropagation = 'none'): boolean {
  const failed = members.filter(({ live }) => live.status === 'exited' && live.exitCode !== 0).length
  if (exitCodes === 'all') return failed === members.length
  return exitCodes === 'any' && failed > 0
}

/** Unless another pod is left that it serves. The pod is gone. Idempotent. */
export async function removeServiceOfGone(engine: Engine, { serviceId }: PodRecord): Promise<void> {
  if (serviceId === undefined || podsOfService(engine, serviceId).length > 0) return
  const container = readStoredContainer(engine.at, serviceId)
  if (container === undefined) return
  try {
    await remove(engine, { container, isForced: true, timeoutSeconds: 0, removesDependents: true })
  } catch (error) {
    if (!isContainerGone(error)) throw error
  }
}

/** @throws conflict `container-is-service` while it has pods */
export function refuseServiceOfPods(engine: Engine, { id, stored }: StoredContainer): void {
  if (stored.spec.service === undefined) return
  const pods = podsOfService(engine, id)
  if (pods.length === 0) return
  throw new EngineError({
    kind: 'conflict',
    code: 'container-is-service',
    message: `container ${id} is the service container of pod(s) ${pods.join(',')} and cannot be removed without removing the pod(s)`,
    hint: 'Remove them with: pod rm, or kube down',
  })
}
