// Removing folders. The only recursive removal in Gantry: it never leaves the file system it starts on, so a volume or a
// host folder that is still mounted below survives (podman#19870, #18287).

import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs'
import { absentAsUndefined, EngineError, errnoOf } from '../base/errors.ts'
import { openPath } from './open-entry.ts'

/**
 * Removes `path` and what is below it, however deep, following no link: not one that somebody puts in a folder's place meanwhile either.
 * Idempotent. Needs no free space.
 * @throws conflict `tree-has-mount` when a mount point is met: what was seen before is gone, the mount is untouched.
 */
export function removeTree(path: string): void {
  const stat = absentAsUndefined(() => lstatSync(path))
  if (stat === undefined) return
  const top = Buffer.from(path)
  if (stat.isDirectory()) removeFolder({ at: top, shown: top }, { top, device: stat.dev, depth: 0 })
  else unlinkSync(path)
}

/** Names are bytes: a container may make one that is no text. */
interface Place {
  /** By the descriptor of the folder that it lies in. */
  readonly at: Buffer
  readonly shown: Buffer
}

interface Removal {
  readonly top: Buffer
  readonly device: number
  /** Of the folder that is being emptied. */
  readonly depth: number
}

/** How often somebody else may put something into a folder that is being emptied. */
const maxRounds = 20
/** Each level holds a descriptor. */
const maxDepth = 200
/** A chain of folders comes up in this many pieces at most. */
const maxLifts = 100_000

/** Whether something that lay too deep is at the top now. */
function removeFolder(folder: Place, removal: Removal): boolean {
  let hasLifted = false
  for (let round = 1; ; round += 1) {
    hasLifted = emptyFolder(folder, removal) || hasLifted
    if (isRemoved(folder, round < (hasLifted ? maxLifts : maxRounds))) return hasLifted
  }
}

function emptyFolder(folder: Place, removal: Removal): boolean {
  const fd = openFolder(folder.at)
  if (fd === undefined) return false
  try {
    if (fstatSync(fd).dev !== removal.device) throw mountMet(folder.shown)
    const inside = { ...removal, depth: removal.depth + 1 }
    const by = Buffer.from(`/proc/self/fd/${fd}`)
    let hasLifted = false
    for (const { name, isFolder } of listing(fd)) {
      const entry = { at: under(by, name), shown: under(folder.shown, name) }
      if (!isFolder) unlinkEntry(entry)
      else hasLifted = (inside.depth < maxDepth ? removeFolder(entry, inside) : lift(entry, removal)) || hasLifted
    }
    return hasLifted
  } finally {
    closeSync(fd)
  }
}

/** Undefined where there is no folder any more. */
function openFolder(path: Buffer): number | undefined {
  try {
    return openSync(path, openPath | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

/** Next to the first folders, where it is met again. */
function lift(entry: Place, { top }: Removal): boolean {
  try {
    absentAsUndefined(() => renameSync(entry.at, under(top, Buffer.from(randomUUID()))))
  } catch (error) {
    if (errnoOf(error) === 'EBUSY' || errnoOf(error) === 'EXDEV') throw mountMet(entry.shown)
    throw error
  }
  return true
}

/** False where something has come in meanwhile. */
function isRemoved({ at, shown }: Place, mayFail: boolean): boolean {
  try {
    rmdirSync(at)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EBUSY') throw mountMet(shown)
    if (errno === 'ENOTDIR') unlinkEntry({ at, shown })
    else if (errno === 'ENOTEMPTY' && mayFail) return false
    else if (errno !== 'ENOENT') throw error
  }
  return true
}

function listing(fd: number): { name: Buffer; isFolder: boolean }[] {
  const path = `/proc/self/fd/${fd}`
  const read = () => readdirSync(path, { withFileTypes: true, encoding: 'buffer' })
  try {
    return read().map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
  } catch (error) {
    if (errnoOf(error) !== 'EACCES') throw error
    chmodSync(path, 0o700)
    return read().map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
  }
}

/** One that has become a folder meanwhile waits for the next round. */
function unlinkEntry({ at, shown }: Place): void {
  try {
    unlinkSync(at)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EBUSY') throw mountMet(shown)
    if (errno !== 'ENOENT' && errno !== 'EISDIR') throw error
  }
}

const slash = Buffer.from('/')

function under(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, slash, name])
}

function mountMet(path: Buffer): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'tree-has-mount',
    message: `something is mounted on '${path}', so it was not removed`,
    hint: `Unmount it: umount '${path}'`,
  })
}
