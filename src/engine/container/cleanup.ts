// What the monitor's exit command does, and whoever notices an end before it: sweep, and remove what was run with --rm.

import { isAlive } from '../../runtime/live-state.ts'
import type { Engine } from '../engine.ts'
import { lockContainer, stateImproper } from './lock-container.ts'
import { removeLocked } from './remove-locked.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'
import { sweep } from './sweep.ts'

/**
 * Idempotent. @throws conflict `container-state` when the container runs; not-found `container-unknown`
 */
export async function cleanup(
  engine: Engine,
  target: ContainerRef,
  options: { readonly isRemoved: boolean },
): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  if (isAlive(container.live)) {
    throw stateImproper(`container ${container.id} is running or paused, refusing to clean up`)
  }
  if (options.isRemoved) await removeLocked(engine, container)
  else await cleanupLocked(engine, container)
}

/** The container's lock is held and it is not alive. Removes it if it ran with --rm. Idempotent. */
export async function cleanupLocked(engine: Engine, container: StoredContainer): Promise<void> {
  const hasEnded = container.live.status === 'exited'
  if (hasEnded && container.stored.spec.isAutoRemoved) await removeLocked(engine, container)
  else await sweep(engine, container)
}
