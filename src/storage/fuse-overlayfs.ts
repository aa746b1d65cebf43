// fuse-overlayfs: the overlay for kernels that refuse the native one in a user namespace. Its process lives as long as the
// mount does; unmounting ends it.

import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { EngineError, errnoOf } from '../base/errors.ts'
import type { ContainerId } from '../base/ids.ts'
import { runSync } from '../os/run-sync.ts'
import { containerFiles, type Layout, paths } from '../state/layout.ts'
import type { MountOptions, StorageDriver } from './driver.ts'
import { dropBrokenMount, isMountPoint, unmountIfMounted } from './mount-state.ts'
import { lowerLinks, overlayFolders, overlayOptions, readingFolders, readingOptions } from './overlay-mount.ts'

export interface FuseOptions {
  /** A name on PATH or a path. */
  readonly program: string
  /** In a user namespace, where trusted.* attributes cannot be set. */
  readonly isUserXattr: boolean
  readonly mountOptions: readonly string[]
}

export function createFuseOverlayDriver(at: Layout, fuse: FuseOptions): StorageDriver {
  const merged = (id: ContainerId) => join(paths.container(at, id), containerFiles.root.merged)
  return {
    name: 'fuse-overlayfs',
    whiteouts: fuse.isUserXattr ? 'overlay-userxattr' : 'overlay',
    mountContainer: (id, layers, options) => mountContainer(at, fuse, { id, layers, ...options }),
    unmountContainer: (id) => unmountIfMounted(merged(id)),
    isMounted: (id) => isMountPoint(merged(id)),
    mountLayers: (folder, layers) => mountLayers(at, fuse, { folder, layers }),
    unmountLayers: (folder) => unmountIfMounted(join(folder, containerFiles.root.merged)),
    areLayersMounted: (folder) => isMountPoint(join(folder, containerFiles.root.merged)),
  }
}

/** @throws unavailable `mount-failed` with the program's own words; not-found `fuse-overlayfs-missing` */
export function mountFuse(program: string, target: string, mount: { data: string; cwd: string | undefined }): void {
  const { exitCode, stderr } = start(program, ['-o', mount.data, target], mount.cwd)
  if (exitCode === 0) return
  throw new EngineError({
    kind: 'unavailable',
    code: 'mount-failed',
    message: `cannot mount '${target}' with ${program}: ${stderr === '' ? `exit code ${exitCode}` : stderr}`,
  })
}

interface Mounting extends MountOptions {
  readonly id: ContainerId
  readonly layers: readonly Digest[]
}

function mountContainer(at: Layout, fuse: FuseOptions, { id, layers, base }: Mounting): string {
  dropBrokenMount(join(paths.container(at, id), containerFiles.root.merged))
  const folders = overlayFolders(at, id)
  if (isMountPoint(folders.merged)) return folders.merged
  const parts = { lowers: lowerLinks(at, layers), folders, extra: fuse.mountOptions, base }
  mountFuse(fuse.program, folders.merged, overlayOptions(at, parts))
  return folders.merged
}

interface Reading {
  readonly folder: string
  readonly layers: readonly Digest[]
}

function mountLayers(at: Layout, fuse: FuseOptions, { folder, layers }: Reading): string {
  dropBrokenMount(join(folder, containerFiles.root.merged))
  const { merged, empty } = readingFolders(folder)
  if (isMountPoint(merged)) return merged
  const options = readingOptions(at, { lowers: lowerLinks(at, layers), empty, extra: fuse.mountOptions })
  mountFuse(fuse.program, merged, options)
  return merged
}

function start(program: string, argv: readonly string[], cwd: string | undefined) {
  try {
    return runSync(program, argv, cwd === undefined ? {} : { cwd })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EACCES') throw error
    throw new EngineError({
      kind: 'not-found',
      code: 'fuse-overlayfs-missing',
      message: `cannot run '${program}'`,
      hint: 'Install it: apt install fuse-overlayfs',
      cause: error,
    })
  }
}
