// Stop, if it runs, and start.

import type { Engine } from '../engine.ts'
import { containerGone, stateImproper } from './lock-container.ts'
import { start } from './start.ts'
import { stop } from './stop.ts'
import { type ContainerRef, readStoredContainer } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

export interface RestartRequest {
  readonly container: ContainerRef
  readonly timeoutSeconds?: number
}

/** @throws conflict `container-state` when it is paused; as stop and start do */
export async function restart(engine: Engine, request: RestartRequest): Promise<void> {
  const container = readStoredContainer(engine.at, request.container.id)
  if (container === undefined) throw containerGone(request.container.name)
  if (container.live.status === 'paused') {
    throw stateImproper('unable to restart a container in a paused or unknown state')
  }
  engine.events.append({ ...eventSubject(container), status: 'restart', attributes: container.stored.spec.labels })
  await stop(engine, { ...request, isKept: true })
  await start(engine, { container, isAttached: false })
}
