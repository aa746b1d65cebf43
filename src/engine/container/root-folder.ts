// A container's root file system seen from outside, entry by entry. Its content is hostile: every path is resolved by openat2(2) inside
// it, so that no link leads out.

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { posix } from 'node:path'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { native, resolveFlags } from '../../os/native.ts'

const openPath = 0o10000000

export interface RootFolder extends Disposable {
  readonly fd: number
}

export function openRoot(path: string): RootFolder {
  const fd = openSync(path, openPath | constants.O_DIRECTORY)
  return { fd, [Symbol.dispose]: () => closeSync(fd) }
}

/** More than any real file of accounts or hosts, and no burden. */
const usualMaxBytes = 4 * 1024 * 1024

/** The first `maxBytes` of a regular file, or undefined where there is none. */
export function readInRoot(root: RootFolder, path: string, maxBytes = usualMaxBytes): string | undefined {
  const fd = openFileInRoot(root, path, constants.O_RDONLY)
  if (fd === undefined) return undefined
  try {
    const buffer = Buffer.alloc(Math.min(fstatSync(fd).size, maxBytes))
    return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0)).toString('utf8')
  } finally {
    closeSync(fd)
  }
}

/** Appends to a regular file; without one does nothing. */
export function appendInRoot(root: RootFolder, path: string, text: string): void {
  const fd = openFileInRoot(root, path, constants.O_WRONLY | constants.O_APPEND)
  if (fd === undefined) return
  try {
    writeSync(fd, text)
  } finally {
    closeSync(fd)
  }
}

/** Looked at before it is opened: to open a device may be to set it off, and a pipe's writer would go on. */
function openFileInRoot(root: RootFolder, path: string, flags: number): number | undefined {
  const fd = openInRoot(root, path)
  if (fd === undefined) return undefined
  try {
    return fstatSync(fd).isFile() ? openSync(`/proc/self/fd/${fd}`, flags) : undefined
  } finally {
    closeSync(fd)
  }
}

/** Follows links inside the root. Undefined where there is nothing. */
export function statInRoot(root: RootFolder, path: string): Stats | undefined {
  const fd = openIfThere(root, path, openPath)
  if (fd === undefined) return undefined
  try {
    return fstatSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Where the entry is outside, every link followed inside the root. Undefined where there is nothing. Good while nobody else changes the tree. */
export function pathInRoot(root: RootFolder, path: string): string | undefined {
  const fd = openIfThere(root, path, openPath)
  if (fd === undefined) return undefined
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } finally {
    closeSync(fd)
  }
}

/** Opens what is at `path` to be named by its descriptor (O_PATH); the caller closes it. Undefined where there is nothing. */
export function openInRoot(root: RootFolder, path: string): number | undefined {
  return openIfThere(root, path, openPath)
}

/** Makes the folder and those above it, 0755 and the root's. Idempotent. @throws ENOTDIR, EEXIST (a link to nowhere) */
export function makeFolderInRoot(root: RootFolder, path: string): void {
  const parts = posix.normalize(`/${path}`).split('/').slice(1)
  for (const [index, name] of parts.entries()) {
    if (name === '') continue
    const parent = openIn(root, `/${parts.slice(0, index).join('/')}`, openPath | constants.O_DIRECTORY)
    try {
      makeFolder(parent, name)
    } finally {
      closeSync(parent)
    }
  }
}

/** Makes a link in a folder that is there, unless something has its name. */
export function linkInRoot(root: RootFolder, path: string, target: string): void {
  const parent = absentAsUndefined(() => openIn(root, posix.dirname(path), openPath | constants.O_DIRECTORY))
  if (parent === undefined) return
  try {
    native().symlinkat(target, parent, posix.basename(path))
  } catch (error) {
    if (!['EEXIST', 'EROFS', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error
  } finally {
    closeSync(parent)
  }
}

/** Removes what is no folder. Idempotent. */
export function removeInRoot(root: RootFolder, path: string): void {
  const parent = absentAsUndefined(() => openIn(root, posix.dirname(path), openPath | constants.O_DIRECTORY))
  if (parent === undefined) return
  try {
    absentAsUndefined(() => unlinkSync(`/proc/self/fd/${parent}/${posix.basename(path)}`))
  } finally {
    closeSync(parent)
  }
}

/** A link that leads in a circle leads nowhere. */
function openIfThere(root: RootFolder, path: string, flags: number): number | undefined {
  try {
    return absentAsUndefined(() => openIn(root, path, flags))
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') return undefined
    throw error
  }
}

function openIn(root: RootFolder, path: string, flags: number): number {
  return native().openat2(root.fd, path, { flags, resolve: resolveFlags.inRoot | resolveFlags.noMagicLinks })
}

function makeFolder(parent: number, name: string): void {
  const before = native().umask(0)
  try {
    native().mkdirat(parent, name, 0o755)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  } finally {
    native().umask(before)
  }
}
