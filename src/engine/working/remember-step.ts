// --add-history: what was done is told by the image's history.

import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { readWorking, writeWorking } from './working-container.ts'

/** The container's lock is held. */
export function rememberStep(engine: Engine, container: StoredContainer, createdBy: string): void {
  const image = readWorking(engine, container)
  const step = { created: engine.clock.now(), created_by: createdBy, empty_layer: true } as const
  writeWorking(engine, container, { ...image, steps: [...image.steps, step] })
}
