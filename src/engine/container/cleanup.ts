// What the monitor's exit command does, and whoever notices an end before it: sweep, and remove what was run with --rm.

import { isAlive } from '../../runtime/live-state.ts'
import type { Engine } from '../engine.ts'
import { lockContainer, stateImproper } from './lock-container.ts'
import { removeImageIn, removeImageOf } from './remove-image.ts'
import { removeLocked } from './remove-locked.ts'
import { isToBeRestarted, restartAfterEnd } from './restart-after-end.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'
import { sweep } from './sweep.ts'

export interface CleanupOptions {
  readonly isRemoved: boolean
  /** The image, too. */
  readonly isImageRemoved?: boolean
}

/**
 * Resolves when what its restart policy asks for is done, too. Idempotent.
 * @throws conflict `container-state` when the container runs; not-found `container-unknown`; with `isImageRemoved` what the removal throws
 */
export async function cleanup(engine: Engine, target: ContainerRef, options: CleanupOptions): Promise<void> {
  const { container, isRestarted } = await cleanupOnce(engine, target, options)
  if (isRestarted) return restartAfterEnd(engine, container)
  await letPodEnd(engine, container)
  if (options.isImageRemoved === true) await removeImageIn(engine, container)
  else await removeImageOf(engine, container)
}

interface Cleaned {
  readonly container: StoredContainer
  /** Its restart policy is to act now: whoever meets an end first acts on it, and nobody twice. */
  readonly isRestarted: boolean
}

async function cleanupOnce(engine: Engine, target: ContainerRef, options: CleanupOptions): Promise<Cleaned> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  if (isAlive(container.live)) {
    throw stateImproper(`container ${container.id} is running or paused, refusing to clean up`)
  }
  if (options.isRemoved) await removeLocked(engine, container, { removesVolumes: true })
  else await cleanupLocked(engine, container)
  const isNews = container.live.status === 'exited' && !container.live.isSwept
  return { container, isRestarted: isNews && !options.isRemoved && isToBeRestarted(container) }
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
