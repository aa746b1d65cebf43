// Creating a container's environment and first process without letting its program run.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { markers } from '../../runtime/live-state.ts'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { lockContainer, stateImproper } from './lock-container.ts'
import { launch } from './start.ts'
import type { ContainerRef } from './stored-container.ts'

/** @throws conflict `container-state` when it is initialized or running already; as start does */
export async function init(engine: Engine, target: ContainerRef): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { live, id } = locked.container
  if (live.status !== 'created' && live.status !== 'exited') {
    throw stateImproper(`container ${id} has already been created in runtime`)
  }
  const folder = paths.runContainer(engine.at, id)
  await launch(engine, locked.container, { container: target, isAttached: false, mode: 'create' })
  writeFileSync(join(folder, markers.initialized), '', { mode: 0o600 })
}
