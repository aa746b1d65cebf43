// The kernel's overlay file system: as root with trusted.* marks, in a user namespace (kernel 5.13) with user.* ones.

import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { EngineError, errnoOf } from '../base/errors.ts'
import type { ContainerId } from '../base/ids.ts'
import { native } from '../os/native.ts'
import { containerFiles, type Layout, paths } from '../state/layout.ts'
import type { MountOptions, StorageDriver } from './driver.ts'
import { isMountPoint, unmountIfMounted } from './mount-state.ts'
import { lowerLinks, overlayFolders, overlayOptions } from './overlay-mount.ts'

export interface OverlaySettings {
  readonly isUserXattr: boolean
  readonly mountOptions: readonly string[]
}

export function createOverlayDriver(at: Layout, settings: OverlaySettings): StorageDriver {
  const merged = (id: ContainerId) => join(paths.container(at, id), containerFiles.root.merged)
  return {
    name: 'overlay',
    whiteouts: settings.isUserXattr ? 'overlay-userxattr' : 'overlay',
    mountContainer: (id, layers, options) =>
      mountContainer(at, settings, { id, layers, ...options, extra: [...settings.mountOptions, ...options.extra] }),
    unmountContainer: (id) => unmountIfMounted(merged(id)),
    isMounted: (id) => isMountPoint(merged(id)),
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

function mountContainer(at: Layout, settings: OverlaySettings, { id, layers, ...options }: Mounting): string {
  const folders = overlayFolders(at, id)
  if (isMountPoint(folders.merged)) return folders.merged
  const extra = [...overlayFlags(settings.isUserXattr), ...options.extra]
  const { data, cwd } = overlayOptions(at, { ...options, lowers: lowerLinks(at, layers), folders, extra })
  inFolder(cwd, () => mountOverlay(folders.merged, data))
  return folders.merged
}

/** @throws unavailable `mount-failed` */
export function mountOverlay(target: string, data: string): void {
  try {
    native().mount('overlay', target, 'overlay', 0, data)
  } catch (error) {
    throw new EngineError({
      kind: errnoOf(error) === 'EPERM' ? 'denied' : 'unavailable',
      code: 'mount-failed',
      message: `cannot mount the overlay at '${target}': ${errnoOf(error) ?? String(error)}`,
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
