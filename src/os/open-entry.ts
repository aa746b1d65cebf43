// Entries of folders that somebody else may be changing: by the folder's descriptor and one name, never following a link, never opening a
// device.

import { closeSync, constants, fstatSync, readdirSync } from 'node:fs'
import { errnoOf } from '../base/errors.ts'
import { native, resolveFlags } from './native.ts'

/** open(2): a descriptor that only names something. */
export const openPath = 0o10000000

const itself = openPath | constants.O_NOFOLLOW
const oneStep = resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noMagicLinks

/**
 * What the name (a byte string, no slash) stands for in the folder, to be named by its descriptor: a link itself, what is mounted on a folder.
 * The caller closes it. Undefined where there is nothing. @throws ENOTDIR where `parent` is no folder
 */
export function openEntry(parent: number, name: string): number | undefined {
  try {
    return native().openat2(parent, Buffer.from(name, 'latin1'), { flags: itself, resolve: oneStep })
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Removes the entry, with what is below it. A link that somebody puts in a folder's place is removed, not followed. @throws EBUSY on a mount */
export function removeEntry(parent: number, name: string): void {
  const fd = openEntry(parent, name)
  if (fd === undefined) return
  try {
    const isFolder = fstatSync(fd).isDirectory()
    if (isFolder) for (const entry of readdirSync(`/proc/self/fd/${fd}`, { encoding: 'latin1' })) removeEntry(fd, entry)
    native().unlinkat(parent, Buffer.from(name, 'latin1'), isFolder)
  } finally {
    closeSync(fd)
  }
}
