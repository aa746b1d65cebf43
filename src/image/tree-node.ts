// A node of a real tree as a tar member: everything lstat(2) and its attributes tell. Names are byte strings.

import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { errnoOf } from '../base/errors.ts'
import { native } from '../os/native.ts'
import type { TarEntry, TarType, Xattr } from './tar-entry.ts'

export interface TreeNode {
  /** Below the tree's root, no leading slash; '' for the root. Byte string. */
  readonly path: string
  /** Where it really lies: bytes. */
  readonly file: Buffer
  readonly stat: BigIntStats
}

/** What the storage drivers keep for themselves. */
const ownXattrs = ['trusted.overlay.', 'user.overlay.', 'user.fuseoverlayfs.']

export function nodeAt(root: string, path: string): TreeNode | undefined {
  const file = Buffer.concat([Buffer.from(root), Buffer.from(path === '' ? '' : `/${path}`, 'latin1')])
  const stat = lstatSync(file, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? undefined : { path, file, stat }
}

/** Names of a folder's entries, sorted by their bytes. */
export function entriesOf(node: TreeNode): string[] {
  return readdirSync(node.file, { encoding: 'latin1' as BufferEncoding }).sort((one, other) => (one < other ? -1 : 1))
}

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** Undefined for what tar cannot hold: a socket. */
export function memberOf(node: TreeNode): TarEntry | undefined {
  const type = typeOf(node.stat)
  if (type === undefined) return undefined
  const { stat } = node
  const device =
    type === 'character-device' || type === 'block-device' ? splitDevice(stat.rdev) : { major: 0, minor: 0 }
  return {
    ...device,
    type,
    name: node.path === '' ? './' : node.path,
    linkName: type === 'symlink' ? readlinkSync(node.file, { encoding: 'latin1' as BufferEncoding }) : '',
    mode: Number(stat.mode) & 0o7777,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    mtimeNs: stat.mtimeNs,
    size: type === 'file' ? Number(stat.size) : 0,
    xattrs: xattrsOf(node),
  }
}

/** Sorted by name; what the storage drivers and SELinux keep there is left out. */
export function xattrsOf(node: TreeNode): Xattr[] {
  const path = node.file.toString()
  return listXattrs(path)
    .filter((key) => key !== 'security.selinux' && !ownXattrs.some((prefix) => key.startsWith(prefix)))
    .toSorted()
    .map((key) => ({ key, value: native().lgetxattr(path, key) }))
}

/** The kernel's dev_t as glibc lays it out. */
export function splitDevice(rdev: bigint): { major: number; minor: number } {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n)
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n)
  return { major: Number(major), minor: Number(minor) }
}

function listXattrs(path: string): string[] {
  try {
    return native().llistxattr(path)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOTSUP' || errno === 'EOPNOTSUPP') return []
    throw error
  }
}

function typeOf(stat: BigIntStats): TarType | undefined {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  if (stat.isSymbolicLink()) return 'symlink'
  if (stat.isCharacterDevice()) return 'character-device'
  if (stat.isBlockDevice()) return 'block-device'
  if (stat.isFIFO()) return 'fifo'
  return undefined
}
