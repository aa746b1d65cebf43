// Thawing a paused container.

import type { Engine } from '../engine.ts'
import { thaw } from './freeze.ts'
import { lockContainer, stateImproper } from './lock-container.ts'
import type { ContainerRef } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

/** @throws conflict `container-state` unless it is paused */
export async function unpause(engine: Engine, target: ContainerRef): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  const { id, live, record, stored } = container
  if (live.status !== 'paused' || record.last.status !== 'started') {
    throw stateImproper(`"${id}" is not paused, can't unpause`)
  }
  await thaw(engine, container)
  engine.events.append({ ...eventSubject(container), status: 'unpause', attributes: stored.spec.labels })
}
