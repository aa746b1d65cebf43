// Create and start in one verb: nothing is left of a container whose start failed, if it was to be removed anyway.

import { defined } from '../../base/defined.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import type { WindowSize } from '../../spec/facts.ts'
import type { Engine } from '../engine.ts'
import { type CreateOptions, create } from './create.ts'
import { syncContainers } from './nursery.ts'
import { remove } from './remove.ts'
import { type StartedContainer, start } from './start.ts'

export interface RunRequest {
  readonly spec: ContainerSpec
  readonly creation?: CreateOptions
  readonly isAttached: boolean
  readonly preservedFds?: readonly number[]
  readonly windowSize?: WindowSize
  /** Between creation and start, with the full id: writes the --cidfile. When it throws, the container is removed. */
  readonly onCreated: (id: string) => void
}

/** @throws as create and start do; a failure of the start carries its cause unchanged */
export async function run(engine: Engine, request: RunRequest): Promise<StartedContainer> {
  const { id, name } = await create(engine, request.spec, { ...request.creation, isStarted: true })
  const container = { id, name }
  let isCreated = false
  try {
    request.onCreated(id)
    isCreated = true
    const { isAttached, preservedFds, windowSize } = request
    return await start(engine, { container, isAttached, ...defined({ preservedFds, windowSize }) })
  } catch (error) {
    if (request.spec.isAutoRemoved || !isCreated) {
      await remove(engine, { container, isForced: true, timeoutSeconds: 0, removesDependents: false })
    }
    await syncContainers(engine.at, [id])
    throw error
  }
}
