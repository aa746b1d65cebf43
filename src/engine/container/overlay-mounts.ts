// Option `O`: a folder of the host's or a volume as it is, with what the container writes beside it, in the container's folder, until its end; or
// for good, where the user names upperdir and workdir.

import { chmodSync, closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { digestHex, digestOf } from '../../base/digest.ts'
import { absentAsUndefined } from '../../base/errors.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { native } from '../../os/native.ts'
import { removeTree } from '../../os/remove-tree.ts'
import type { Mount } from '../../spec/mounts.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { isMountPoint, unmountIfMounted } from '../../storage/mount-state.ts'
import { mountOverlay, overlayFlags } from '../../storage/overlay.ts'
import type { Engine } from '../engine.ts'

export interface Overlaid {
  readonly id: string
  readonly mount: Mount
  /** What it lies over. */
  readonly source: string
}

/** Where it is mounted. Idempotent. The container's lock is held. @throws unavailable `mount-failed` */
export function setUpOverlay(engine: Engine, { id, mount, source }: Overlaid): string {
  const folder = join(overlaysOf(engine, id), folderNameOf(mount.destination))
  const merged = join(folder, 'merged')
  if (isMountPoint(merged)) return merged
  makeFolders(merged, 0o700)
  const upper = valueOf(mount, 'upperdir') ?? likeIn(folder, 'upper', source)
  const work = valueOf(mount, 'workdir') ?? likeIn(folder, 'work', source)
  using lowerFd = openFolder(source)
  using upperFd = openFolder(upper)
  using workFd = openFolder(work)
  // By descriptor: no path can hold what separates options.
  const data = [`lowerdir=${lowerFd.path}`, `upperdir=${upperFd.path}`, `workdir=${workFd.path}`]
  mountOverlay(merged, [...data, ...overlayFlags(engine.settings.isRootless)].join(','))
  return merged
}

/** With what was written into them. Idempotent. The container's lock is held and it is not alive. */
export function takeDownOverlays(engine: Engine, id: string): void {
  const folder = overlaysOf(engine, id)
  const names = absentAsUndefined(() => readdirSync(folder)) ?? []
  for (const name of names) unmountIfMounted(join(folder, name, 'merged'))
  removeTree(folder)
}

/** What a mount has of its own on the host lies below this name: a destination is a path, and may be long. */
export function folderNameOf(destination: string): string {
  return digestHex(digestOf(destination)).slice(0, 32)
}

/** Each folder in it may have something mounted at `merged`. */
export function overlaysOf(engine: Engine, id: string): string {
  return join(paths.container(engine.at, id), containerFiles.root.overlays)
}

function valueOf({ options }: Mount, name: string): string | undefined {
  return options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1)
}

/** The upper folder's owner and mode are those that the mount shows. */
function likeIn(folder: string, name: string, source: string): string {
  const path = join(folder, name)
  if (existsSync(path)) return path
  const { uid, gid, mode } = statSync(source)
  mkdirSync(path)
  native().lchown(path, uid, gid)
  chmodSync(path, mode & 0o7777)
  return path
}

function openFolder(path: string): Disposable & { readonly path: string } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  return { path: `/proc/self/fd/${fd}`, [Symbol.dispose]: () => closeSync(fd) }
}
