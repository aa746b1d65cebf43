// Thawing a paused container.

import type { EngineError } from '../../base/errors.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { resumeByRuntime } from '../../runtime/pause.ts'
import type { Engine } from '../engine.ts'
import { lockContainer, saveRecordIfRoom, stateImproper } from './lock-container.ts'
import type { ContainerRef } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

/** @throws conflict `container-state` unless it is paused */
export async function unpause(engine: Engine, target: ContainerRef): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  const { id, live, record, stored } = container
  if (live.status !== 'paused' || record.last.status !== 'started') {
    throw notPaused(id)
  }
  // It may have been killed while it was frozen.
  if (!(await resumeByRuntime(runtimeOf(engine.at, stored), id))) throw notPaused(id)
  saveRecordIfRoom(engine, { ...record, last: { ...record.last, isPaused: false } })
  engine.events.append({ ...eventSubject(container), status: 'unpause', attributes: stored.spec.labels })
}

function notPaused(id: string): EngineError {
  return stateImproper(`"${id}" is not paused, can't unpause`)
}
