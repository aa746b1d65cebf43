// Copies files and trees with everything that they are: owner, mode, attributes, times to the nanosecond, hard links, holes
// where the file system shares blocks. Follows no links. Both sides are private to us while it runs.

import {
  type BigIntStats,
  closeSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { errnoOf } from '../base/errors.ts'
import { splitDevice } from '../os/device-number.ts'
import { native } from '../os/native.ts'
import { removeTree } from '../os/remove-tree.ts'

export interface CopyRules {
  /** False leaves an entry of a folder out. Asked with the source's folder and the entry's name. */
  readonly isWanted?: (folder: string, name: string) => boolean
  /** Called with each folder pair before its entries are copied. */
  readonly onFolder?: (from: string, to: string) => void
  /** Whose the copy is; the source's owner unless given. */
  readonly ownerOf?: (owner: { uid: number; gid: number }) => { uid: number; gid: number }
}

/** Copies one node that is no folder; `to` does not exist. */
export function copyNode(from: string, to: string): void {
  const stat = lstatSync(from, { bigint: true })
  makeNode(from, to, stat)
  copyAttributes(from, to, stat)
}

/** Copies the tree at `from` over the folder `to`, which may hold something: folders merge, everything else replaces. */
export function copyTree(from: string, to: string, rules: CopyRules = {}): void {
  copyFolder(from, to, { rules, links: new Map() })
}

/** Owner, mode, extended attributes and times; `stat` is the source's. */
function copyAttributes(from: string, to: string, stat: BigIntStats): void {
  copyOwnerAndMode(to, stat)
  copyXattrs(from, to)
  setTimes(to, stat)
}

export function copyOwnerAndMode(to: string, stat: BigIntStats): void {
  native().lchown(to, Number(stat.uid), Number(stat.gid))
  if (!stat.isSymbolicLink()) onParent(to, (fd, name) => native().fchmodat(fd, name, Number(stat.mode) & 0o7777))
}

export function setTimes(to: string, stat: BigIntStats): void {
  onParent(to, (fd, name) => native().utimensat(fd, name, { atimeNs: stat.atimeNs, mtimeNs: stat.mtimeNs }))
}

interface Copying {
  readonly rules: CopyRules
  /** Where an inode with several names was copied to first. */
  readonly links: Map<string, string>
}

function copyFolder(from: string, to: string, copying: Copying): void {
  const stat = statFor(from, copying.rules)
  makeFolder(to)
  copying.rules.onFolder?.(from, to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (copying.rules.isWanted?.(from, entry.name) === false) continue
    if (entry.isDirectory()) copyFolder(join(from, entry.name), join(to, entry.name), copying)
    else copyEntry(join(from, entry.name), join(to, entry.name), copying)
  }
  copyAttributes(from, to, stat)
}

function copyEntry(from: string, to: string, copying: Copying): void {
  removeTree(to)
  const stat = statFor(from, copying.rules)
  const inode = `${stat.dev}:${stat.ino}`
  const first = stat.nlink > 1n ? copying.links.get(inode) : undefined
  if (first !== undefined) {
    linkSync(first, to)
    return
  }
  makeNode(from, to, stat)
  copyAttributes(from, to, stat)
  if (stat.nlink > 1n) copying.links.set(inode, to)
}

/** What the copy of `path` is to be. */
export function statFor(path: string, { ownerOf }: Pick<CopyRules, 'ownerOf'>): BigIntStats {
  const stat = lstatSync(path, { bigint: true })
  if (ownerOf === undefined) return stat
  const { uid, gid } = ownerOf({ uid: Number(stat.uid), gid: Number(stat.gid) })
  stat.uid = BigInt(uid)
  stat.gid = BigInt(gid)
  return stat
}

function makeFolder(path: string): void {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there?.isDirectory()) return
  if (there !== undefined) unlinkSync(path)
  mkdirSync(path, { mode: 0o700 })
}

function makeNode(from: string, to: string, stat: BigIntStats): void {
  if (stat.isSymbolicLink()) symlinkSync(readlinkSync(from), to)
  else if (stat.isFile()) copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  else if (!stat.isSocket()) makeDevice(to, stat)
  else onParent(to, (fd, name) => native().mknodat(fd, name, { mode: Number(stat.mode), major: 0, minor: 0 }))
}

function makeDevice(to: string, stat: BigIntStats): void {
  const { major, minor } = splitDevice(stat.rdev)
  onParent(to, (fd, name) => native().mknodat(fd, name, { mode: Number(stat.mode), major, minor }))
}

function copyXattrs(from: string, to: string): void {
  for (const key of listXattrs(from)) {
    try {
      native().lsetxattr(to, key, native().lgetxattr(from, key))
    } catch (error) {
      const errno = errnoOf(error)
      if (errno !== 'ENOTSUP' && errno !== 'EOPNOTSUPP' && errno !== 'EPERM' && errno !== 'ENODATA') throw error
    }
  }
}

function listXattrs(path: string): string[] {
  try {
    return native().llistxattr(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOTSUP' || errnoOf(error) === 'EOPNOTSUPP') return []
    throw error
  }
}

function onParent(path: string, act: (fd: number, name: string) => void): void {
  const fd = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    act(fd, basename(path))
  } finally {
    closeSync(fd)
  }
}
