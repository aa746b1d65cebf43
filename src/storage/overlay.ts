// The kernel's overlay file system: as root with trusted.* marks, in a user namespace (kernel 5.13) with user.* ones.

import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { EngineError, errnoOf, errorReason } from '../base/errors.ts'
import type { ContainerId } from '../base/ids.ts'
import { native } from '../os/native.ts'
import { removeTree } from '../os/remove-tree.ts'
import { containerFiles, type Layout, paths } from '../state/layout.ts'
import type { MountOptions, StorageDriver, WritableFolders } from './driver.ts'
import { isMountPoint, unmountIfMounted } from './mount-state.ts'
import {
  checkLowers,
  lowerLinks,
  type OverlayFolders,
  overlayFolders,
  overlayOptions,
  readingFolders,
  readingOptions,
} from './overlay-mount.ts'

export interface OverlaySettings {
  readonly isUserXattr: boolean
  readonly mountOptions: readonly string[]
}

export function createOverlayDriver(at: Layout, settings: OverlaySettings): StorageDriver {
  const merged = (id: ContainerId) => join(paths.container(at, id), containerFiles.root.merged)
  return {
    name: 'overlay',
    whiteouts: settings.isUserXattr ? 'overlay-userxattr' : 'overlay',
    mountContainer: (id, layers, options) => mountContainer(at, settings, { id, layers, ...options }),
    unmountContainer: (id) => unmountIfMounted(merged(id)),
    isMounted: (id) => isMountPoint(merged(id)),
    mountLayers: (folder, layers) => mountLayers(at, settings, { folder, layers }),
    unmountLayers: (folder) => unmountIfMounted(join(folder, containerFiles.root.merged)),
    areLayersMounted: (folder) => isMountPoint(join(folder, containerFiles.root.merged)),
    mountOver: (folders, lowers) => mountOver(at, settings, { folders, lowers }),
  }
}

/** An overlay's fixed options. `index=off`: hard links break on copy-up, but a lower layer may be shared by many mounts. */
export function overlayFlags(isUserXattr: boolean): string[] {
  return isUserXattr ? ['userxattr'] : ['index=off', 'metacopy=off']
}

interface Mounting extends MountOptions {
  readonly id: ContainerId
  readonly layers: readonly Digest[]
}

function mountContainer(at: Layout, settings: OverlaySettings, mounting: Mounting): string {
  const { id, layers, isVolatile, base } = mounting
  const folders = overlayFolders(at, id)
  if (isMountPoint(folders.merged)) return folders.merged
  const extra = [...overlayFlags(settings.isUserXattr), ...settings.mountOptions]
  const parts = { lowers: lowerLinks(at, layers), folders, extra, base }
  const { data, cwd } = overlayOptions(at, parts)
  inFolder(cwd, () => {
    if (!isVolatile || !mountVolatile(folders, data)) mountOverlay(folders.merged, data)
  })
  return folders.merged
}

interface Layering {
  readonly folders: WritableFolders
  readonly lowers: readonly string[]
}

/** Without redirects, which would make sense above these very lowers alone, and there by their names. */
function mountOver(at: Layout, { isUserXattr, mountOptions }: OverlaySettings, { folders, lowers }: Layering): void {
  checkLowers(lowers)
  const extra = [...overlayFlags(isUserXattr), ...(isUserXattr ? [] : ['redirect_dir=off']), ...mountOptions]
  const { data, cwd } = overlayOptions(at, { lowers, folders, extra, base: undefined })
  inFolder(cwd, () => {
    if (!mountVolatile(folders, data)) mountOverlay(folders.merged, data)
  })
}

interface Reading {
  readonly folder: string
  readonly layers: readonly Digest[]
}

function mountLayers(at: Layout, { isUserXattr, mountOptions }: OverlaySettings, { folder, layers }: Reading): string {
  const { merged, empty } = readingFolders(folder)
  if (isMountPoint(merged)) return merged
  const extra = [...overlayFlags(isUserXattr), ...mountOptions]
  const { data, cwd } = readingOptions(at, { lowers: lowerLinks(at, layers), empty, extra })
  inFolder(cwd, () => mountOverlay(merged, data))
  return merged
}

/**
 * False where it can't be had: before Linux 5.10, or when the option no longer fits in. Without it an unmount waits until the whole
 * file system below has been written (kernel docs, overlayfs, "Volatile mount").
 */
function mountVolatile({ merged, work }: OverlayFolders, data: string): boolean {
  // Left by a volatile mount before; refuses any further one, since a crash may have come in between.
  removeTree(join(work, 'work', 'incompat'))
  try {
    native().mount('overlay', merged, 'overlay', 0, `${data},volatile`)
    return true
  } catch {
    return false
  }
}

/** @throws unavailable `mount-failed` */
export function mountOverlay(target: string, data: string): void {
  try {
    native().mount('overlay', target, 'overlay', 0, data)
  } catch (error) {
    throw new EngineError({
      kind: errnoOf(error) === 'EPERM' ? 'denied' : 'unavailable',
      code: 'mount-failed',
      message: `cannot mount the overlay at '${target}': ${errorReason(error)}`,
      cause: error,
    })
  }
}

/** Nothing else of this thread runs in between, and no path of ours is relative. */
function inFolder(folder: string | undefined, act: () => void): void {
  if (folder === undefined) {
    act()
    return
  }
  const before = process.cwd()
  process.chdir(folder)
  try {
    act()
  } finally {
    process.chdir(before)
  }
}
