// What a start changes and looks up in the root file system: the user, the working directory, /etc/mtab.
// A folder of the user's own (--rootfs) gets nothing but the working directory.

import { closeSync, fstatSync } from 'node:fs'
import { EngineError, invalid } from '../../base/errors.ts'
import { openEntry } from '../../os/open-entry.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { ResolvedUser } from '../../spec/facts.ts'
import { nameUsers } from './name-users.ts'
import { resolveUser } from './resolve-user.ts'
import { linkInRoot, makeFolderInRoot, openRoot, type RootFolder, statInRoot } from './root-folder.ts'
import type { StoredContainer } from './stored-container.ts'

export interface PreparedRoot {
  readonly user: ResolvedUser
  readonly workdir: string
}

/** @throws invalid `user-unknown`, `workdir-missing`, `kernel-folder-linked` */
export function prepareRoot(container: StoredContainer, rootfs: string): PreparedRoot {
  const { spec } = container.stored
  using root = openRoot(rootfs)
  refuseLinkedFolders(root)
  if (isOurs(spec)) nameUsers(root, spec)
  const user = resolveUser(root, spec.process.user ?? '', spec.process.groups)
  const { workdir } = spec.process
  ensureWorkdir(root, container)
  if (isOurs(spec)) linkInRoot(root, '/etc/mtab', '/proc/mounts')
  return { user, workdir }
}

/**
 * Links of an image, or of what ran in it before, where the kernel's file systems go: runc before 1.2 makes /dev/fd, /dev/stdin and the like
 * through the link, and so outside.
 */
function refuseLinkedFolders(root: RootFolder): void {
  for (const name of ['dev', 'proc', 'sys']) {
    const fd = openEntry(root.fd, name)
    if (fd === undefined) continue
    const isLink = fstatSync(fd).isSymbolicLink()
    closeSync(fd)
    if (isLink) throw linked(name)
  }
}

function linked(name: string): EngineError {
  return invalid(
    'kernel-folder-linked',
    `/${name} of the root file system is a symbolic link: nothing can be mounted there safely`,
    `Make it a folder, or remove it, in the image.`,
  )
}

/** Not a folder of the user's own, as it is. */
export function isOurs({ source }: CompleteSpec): boolean {
  return source.kind === 'image' || (source.kind === 'rootfs' && source.isOverlay)
}

function ensureWorkdir(root: RootFolder, { id, stored }: StoredContainer): void {
  const { workdir, isWorkdirMade } = stored.spec.process
  if (isOnMount(workdir, stored.spec)) return
  const stat = statInRoot(root, workdir)
  if (stat?.isDirectory() === true) return
  if (stat !== undefined) throw badWorkdir(`workdir "${workdir}" exists on container ${id}, but is not a directory`)
  if (!isWorkdirMade) throw badWorkdir(`workdir "${workdir}" does not exist on container ${id}`)
  makeFolderInRoot(root, workdir)
}

/** In what the user mounts, or the kernel's: there only once the runtime has mounted it. */
function isOnMount(workdir: string, { mounts }: CompleteSpec): boolean {
  const destinations = [...mounts.mounts.map((mount) => mount.destination), '/proc', '/sys', '/dev']
  return destinations.some(
    (path) => workdir === path || workdir.startsWith(`${path}/`) || path.startsWith(`${workdir}/`),
  )
}

/** podman's exit code for it is that of a program that cannot be run. */
function badWorkdir(message: string): EngineError {
  return new EngineError({ kind: 'invalid', code: 'workdir-missing', message })
}
