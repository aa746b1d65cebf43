// A container's root file system: made from its image's layers, or a folder of the user's.

import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { mountIdMapped } from '../../os/id-mapped-mount.ts'
import { makeFolders } from '../../os/make-folders.ts'
import type { IdMappings } from '../../spec/facts.ts'
import { mountIdMaps } from '../../spec/mount-id-map.ts'
import { idMappings } from '../../spec/user-namespace.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { unmountIfMounted } from '../../storage/mount-state.ts'
import type { Engine } from '../engine.ts'
import { handMounts } from './hand-mounts.ts'
import type { StoredContainer } from './stored-container.ts'
import { userSituation } from './user-situation.ts'

/** Mounts what needs mounting and returns the path. Idempotent. The container's lock is held. @throws unavailable `idmap-failed` */
export function setUpRootfs(engine: Engine, container: StoredContainer): string {
  const folder = folderOfUser(engine, container)
  if (folder !== undefined) return setUpFolder(engine, container, folder)
  const { source, isAutoRemoved } = container.stored.spec
  const base = source.kind === 'rootfs' ? { base: source.path } : {}
  return engine.storage().mountContainer(container.id, container.stored.layers, {
    isVolatile: isAutoRemoved,
    ...base,
  })
}

/** Idempotent; leaves a folder of the user's alone, and what `mount` holds. The container's lock is held. */
export function takeDownRootfs(engine: Engine, container: StoredContainer): void {
  const folder = folderOfUser(engine, container)
  if (folder !== undefined && folder.maps === undefined) return
  if (handMounts(engine.at, container.id) > 0) return
  if (folder === undefined) engine.storage().unmountContainer(container.id)
  else unmountIfMounted(mergedPath(engine, container))
}

/** Where it is when it is mounted. */
export function rootfsPath(engine: Engine, container: StoredContainer): string {
  const folder = folderOfUser(engine, container)
  return folder !== undefined && folder.maps === undefined ? folder.path : mergedPath(engine, container)
}

/** Lock-free. */
export function isRootfsMounted(engine: Engine, container: StoredContainer): boolean {
  const folder = folderOfUser(engine, container)
  if (folder === undefined) return engine.storage().isMounted(container.id)
  return folder.maps === undefined || isSameFolder(mergedPath(engine, container), folder.path)
}

/** Where the root folder of an infra container without an image lies. */
export function pauseRoot(at: Layout, id: string): string {
  return join(paths.container(at, id), containerFiles.root.upper)
}

interface FolderOfUser {
  readonly path: string
  /** With them it is mounted once more, under other owners. */
  readonly maps: IdMappings | undefined
}

/** Undefined where storage mounts the root file system. */
function folderOfUser(engine: Engine, { id, stored }: StoredContainer): FolderOfUser | undefined {
  const { source, namespaces } = stored.spec
  if (source.kind === 'pause') return { path: pauseRoot(engine.at, id), maps: undefined }
  if (source.kind !== 'rootfs' || source.isOverlay) return undefined
  if (source.idMap === undefined) return { path: source.path, maps: undefined }
  const own = idMappings(namespaces.user, userSituation(engine.settings.isRootless))
  return { path: source.path, maps: mountIdMaps({ options: [source.idMap] }, own) }
}

function setUpFolder(engine: Engine, container: StoredContainer, { path, maps }: FolderOfUser): string {
  if (maps === undefined) return path
  const target = mergedPath(engine, container)
  makeFolders(target)
  if (!isSameFolder(target, path)) mountIdMapped({ source: path, target, ...maps, isRecursive: true, isSlave: false })
  return target
}

/** A mount of the folder has its device and number, so that no table of mounts need be read. */
function isSameFolder(path: string, other: string): boolean {
  const [one, two] = [path, other].map((folder) => lstatSync(folder, { throwIfNoEntry: false }))
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino
}

function mergedPath({ at }: Engine, { id }: StoredContainer): string {
  return join(paths.container(at, id), containerFiles.root.merged)
}
