// generate systemd: units for a container, or for a pod and its containers.

import { EngineError, invalid } from '../../base/errors.ts'
import { findContainer } from '../container/find-container.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { findPod } from '../pod/find-pod.ts'
import { containerUnit } from './container-unit.ts'
import type { ReadCreateCommand } from './create-command.ts'
import { podUnits } from './pod-unit.ts'
import type { Unit, UnitStyle } from './unit-text.ts'

export interface GenerateRequest {
  /** Of a container, else of a pod. */
  readonly name: string
  readonly style: UnitStyle
  /** The unit makes a new one at each start. */
  readonly isNew: boolean
  readonly isTemplate: boolean
  readonly readCommand: ReadCreateCommand
}

/** Writes nothing. @throws not-found `object-unknown`; invalid for what no unit can be made of */
export async function generateUnits(engine: Engine, request: GenerateRequest): Promise<Unit[]> {
  const { name, style, isNew, isTemplate, readCommand } = request
  const container = findContainer(engine.at, name)
  if (container !== undefined) {
    if (!isNew) warnOfRestartPolicy(engine, container)
    const command = await readCommand(container.stored.spec.createCommand)
    return [containerUnit(engine.at, { style, container, command, isNew, isTemplate })]
  }
  const pod = findPod(engine.at, name)
  if (pod === undefined) throw unknown(name)
  if (isTemplate) throw invalid('template-of-pod', '--template is not supported for pods')
  return podUnits(engine.at, { style, pod, isNew, readCommand })
}

function warnOfRestartPolicy(engine: Engine, { id, stored }: StoredContainer): void {
  const { policy } = stored.spec.restart
  if (policy === 'no') return
  engine.report({
    type: 'warning',
    message:
      `Container ${id} has restart policy "${policy}" which can lead to issues on shutdown: ` +
      'make it without one, and let systemd restart it, or use --new',
  })
}

function unknown(name: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'object-unknown',
    message:
      `${name} does not refer to a container or pod: no pod with name or ID ${name} found: no such pod: ` +
      `no container with name or ID "${name}" found: no such container`,
  })
}
