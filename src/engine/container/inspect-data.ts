// A container's inspect document in its `create` event, where containers.conf wants it (events_container_create_inspect_data).

import type { Engine } from '../engine.ts'
import { goDocument } from '../go-document.ts'
import { inspect } from './inspect.ts'
import { readStoredContainer } from './stored-container.ts'

/** As `inspect --size` prints it. Undefined where the container has gone already. */
export function inspectData(engine: Engine, id: string): string | undefined {
  const container = readStoredContainer(engine.at, id)
  if (container === undefined) return undefined
  return JSON.stringify(goDocument(inspect(engine, container, { hasSize: true }), '*define.InspectContainerData'))
}
