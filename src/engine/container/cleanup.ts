// What the monitor's exit command does, and whoever notices an end before it: sweep, and remove what was run with --rm.

import { isAlive } from '../../runtime/live-state.ts'
import type { Engine } from '../engine.ts'
import { lockContainer, stateImproper } from './lock-container.ts'
import { removeImageIn, removeImageOf } from './remove-image.ts'
import { removeLocked } from './remove-locked.ts'
import { isToBeRestarted, restartAfterEnd } from './restart-after-end.ts'
import { type ContainerRef, readStoredContainer, type StoredContainer } from './stored-container.ts'
import { sweep } from './sweep.ts'

export interface CleanupOptions {
  readonly isRemoved: boolean
  /** The image, too. */
  readonly isImageRemoved?: boolean
  /** Its restart policy acts: asked for by its monitor alone, and again where that was killed, so that nobody restarts it twice. */
  readonly isForRestart?: boolean
}

/**
 * Resolves when what its restart policy asks for is done, too. Idempotent.
 * @throws conflict `container-state` when the container runs; not-found `container-unknown`; with `isImageRemoved` what the removal throws
 */
export async function cleanup(engine: Engine, target: ContainerRef, options: CleanupOptions): Promise<void> {
  const container = await cleanupOnce(engine, target, options)
  // Read again: where a restart was killed half-way, only the sweep has made an end of it.
  const swept = options.isForRestart === true ? readStoredContainer(engine.at, target.id) : undefined
  if (swept !== undefined && isToBeRestarted(swept)) return restartAfterEnd(engine, swept)
  await letPodEnd(engine, container)
  if (options.isImageRemoved === true) await removeImageIn(engine, container)
  else await removeImageOf(engine, container)
}

async function cleanupOnce(engine: Engine, target: ContainerRef, options: CleanupOptions): Promise<StoredContainer> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  if (isAlive(container.live)) {
    throw stateImproper(`container ${container.id} is running or paused, refusing to clean up`)
  }
  if (options.isRemoved) await removeLocked(engine, container, { removesVolumes: true })
  else await cleanupLocked(engine, container)
  return container
}

/** The container's lock is held and it is not alive. Removes it if it ran with --rm and is not to run again. Idempotent. */
export async function cleanupLocked(engine: Engine, container: StoredContainer): Promise<void> {
  const hasEnded = container.live.status === 'exited'
  if (hasEnded && container.stored.spec.isAutoRemoved && !isToBeRestarted(container))
    await removeLocked(engine, container, { removesVolumes: true })
  else await sweep(engine, container)
}

/** Its pod may be one that ends with its last container, and that pod the last one of a service. No lock is held. */
export async function letPodEnd(engine: Engine, { stored }: StoredContainer): Promise<void> {
  const { pod: facet } = stored.spec
  if (facet?.role !== 'member' && facet?.role !== 'infra') return
  const { endIfIdle } = await import('../pod/end-if-idle.ts')
  await endIfIdle(engine, facet.id)
}
