// Joining a running container's terminal or streams.

import { EngineError } from '../../base/errors.ts'
import { type AttachClient, type AttachStreams, attachClient, connectAttach } from '../../runtime/attach-client.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { isPassthrough, type LogDriver } from '../../spec/log.ts'
import type { Engine } from '../engine.ts'
import { attachSocketOf } from './control.ts'
import { containerGone, stateImproper } from './lock-container.ts'
import { type ContainerRef, readStoredContainer } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

export interface AttachRequest {
  readonly container: ContainerRef
  readonly streams: AttachStreams
}

/** Several may be attached at once. @throws conflict `container-state` unless it runs; unsupported `no-log` where its streams are not ours */
export async function attach(engine: Engine, request: AttachRequest): Promise<AttachClient> {
  const container = readStoredContainer(engine.at, request.container.id)
  if (container === undefined) throw containerGone(request.container.name)
  if (!isAlive(container.live)) throw stateImproper('you can only attach to running containers')
  const { driver } = container.stored.spec.log
  if (isPassthrough(driver)) throw cannotAttach(driver)
  const socket = connectAttach(attachSocketOf(engine.at, container.id))
  engine.events.append({ ...eventSubject(container), status: 'attach', attributes: container.stored.spec.labels })
  return attachClient(socket, request.streams)
}

function cannotAttach(driver: LogDriver): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'no-log',
    message: `this container is using the '${driver}' log driver, cannot attach: this container is not logging output`,
  })
}
