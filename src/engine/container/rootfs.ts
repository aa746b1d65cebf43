// A container's root file system: made from its image's layers, or a folder of the user's.

import type { Engine } from '../engine.ts'
import type { StoredContainer } from './stored-container.ts'

/** Mounts what needs mounting and returns the path. Idempotent. The container's lock is held. */
export function setUpRootfs(engine: Engine, container: StoredContainer): string {
  const { source, isAutoRemoved } = container.stored.spec
  if (source.kind === 'rootfs' && !source.isOverlay) return source.path
  const base = source.kind === 'rootfs' ? { base: source.path } : {}
  return engine.storage().mountContainer(container.id, container.stored.layers, {
    isVolatile: isAutoRemoved,
    ...base,
  })
}

/** Idempotent; leaves a folder of the user's alone. The container's lock is held. */
export function takeDownRootfs(engine: Engine, container: StoredContainer): void {
  const { source } = container.stored.spec
  if (source.kind === 'rootfs' && !source.isOverlay) return
  engine.storage().unmountContainer(container.id)
}
