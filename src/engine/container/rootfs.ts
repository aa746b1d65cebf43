// A container's root file system: made from its image's layers, or a folder of the user's.

import { join } from 'node:path'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { handMounts } from './hand-mounts.ts'
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

/** Idempotent; leaves a folder of the user's alone, and what `mount` holds. The container's lock is held. */
export function takeDownRootfs(engine: Engine, container: StoredContainer): void {
  if (isFolderOfUsers(container) || handMounts(engine.at, container.id) > 0) return
  engine.storage().unmountContainer(container.id)
}

/** Where it is when it is mounted. */
export function rootfsPath(engine: Engine, { id, stored }: StoredContainer): string {
  const { source } = stored.spec
  if (source.kind === 'rootfs' && !source.isOverlay) return source.path
  return join(paths.container(engine.at, id), containerFiles.root.merged)
}

/** Lock-free. */
export function isRootfsMounted(engine: Engine, container: StoredContainer): boolean {
  return isFolderOfUsers(container) || engine.storage().isMounted(container.id)
}

function isFolderOfUsers({ stored }: StoredContainer): boolean {
  const { source } = stored.spec
  return source.kind === 'rootfs' && !source.isOverlay
}
