// Whether a folder is a mount point, without reading the table of all mounts: a mount's root is on another device than its
// parent, and overlay mounts of one container are never bind mounts of the same device.

import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'
import { native, umountFlags } from '../os/native.ts'

export function isMountPoint(path: string): boolean {
  const own = statOrBroken(path)
  if (own === 'broken') return false
  const parent = absentAsUndefined(() => lstatSync(dirname(path)))
  return own !== undefined && parent !== undefined && own.dev !== parent.dev
}

/** Takes a FUSE mount away whose process died. */
export function dropBrokenMount(path: string): void {
  if (statOrBroken(path) === 'broken') unmountIfMounted(path)
}

/** Idempotent; lazily, so that it never fails for being busy. Who may not unmount has mounted nothing. */
export function unmountIfMounted(path: string): void {
  try {
    native().umount(path, umountFlags.detach | umountFlags.noFollow)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno !== 'EINVAL' && errno !== 'ENOENT' && !(errno === 'EPERM' && !isMountPoint(path))) throw error
  }
}

/** A FUSE mount whose process died answers ENOTCONN: nothing can be read there, so it counts as none. */
function statOrBroken(path: string) {
  try {
    return absentAsUndefined(() => lstatSync(path))
  } catch (error) {
    if (errnoOf(error) === 'ENOTCONN') return 'broken'
    throw error
  }
}
