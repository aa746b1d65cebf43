// Trees to tar: a whole tree (export), an overlay's upper folder, or what one tree changed over another (commit). Order is by
// name, so equal trees give equal archives. Generators of chunks: give them to Readable.from.

import { closeSync, openSync, readSync } from 'node:fs'
import { errnoOf } from '../base/errors.ts'
import { native } from '../os/native.ts'
import type { TarEntry } from './tar-entry.ts'
import { encodeMember, tarEnd, tarPadding } from './tar-writer.ts'
import { entriesOf, joinPath, memberOf, nodeAt, type TreeNode } from './tree-node.ts'
import { opaqueName, type WhiteoutStyle, whiteoutPrefix } from './whiteout.ts'

const chunkBytes = 256 * 1024

/** The whole tree below `folder`. */
export function* tarOfTree(folder: string): Generator<Buffer> {
  const links = new Map<string, string>()
  for (const node of walk(folder, '')) yield* writeNode(node, links)
  yield tarEnd()
}

/** An overlay's upper folder as a layer: its whiteouts and opaque marks become `.wh.` members. */
export function* tarOfUpper(folder: string, style: Exclude<WhiteoutStyle, 'vfs'>): Generator<Buffer> {
  const links = new Map<string, string>()
  for (const node of walk(folder, '')) {
    if (isWhiteoutNode(node)) yield whiteoutMember(node.path)
    else yield* writeNode(node, links)
    if (node.stat.isDirectory() && isOpaque(node, style)) yield encodeMember(emptyFile(joinPath(node.path, opaqueName)))
  }
  yield tarEnd()
}

/** What must be applied to the tree `lower` to get the tree `upper`. Content counts as changed when size or mtime did. */
export function* tarOfChanges(lower: string, upper: string): Generator<Buffer> {
  const links = new Map<string, string>()
  const groups = { lower: linkGroups(lower), upper: linkGroups(upper) }
  for (const node of walk(upper, '')) {
    const before = nodeAt(lower, node.path)
    const isLinkedAlike = groups.lower(node.path) === groups.upper(node.path)
    if (before === undefined || !isLinkedAlike || isChanged(before, node)) yield* writeNode(node, links)
    if (node.stat.isDirectory() && before?.stat.isDirectory() === true) yield* removals(before, upper)
  }
  yield tarEnd()
}

/** Every name that differs between the trees: A added, C changed, D deleted; the paths are absolute, sorted. */
export function* changedPaths(lower: string, upper: string): Generator<{ kind: 'A' | 'C' | 'D'; path: string }> {
  for (const node of walk(upper, '')) {
    const before = nodeAt(lower, node.path)
    if (before === undefined) yield { kind: 'A', path: `/${node.path}` }
    else if (isChanged(before, node)) yield { kind: 'C', path: `/${node.path}` }
    if (!node.stat.isDirectory() || before?.stat.isDirectory() !== true) continue
    for (const name of entriesOf(before)) {
      const path = joinPath(node.path, name)
      if (nodeAt(upper, path) === undefined) yield { kind: 'D', path: `/${path}` }
    }
  }
}

function* walk(root: string, path: string): Generator<TreeNode> {
  const node = nodeAt(root, path)
  if (node === undefined) return
  yield node
  if (!node.stat.isDirectory()) return
  for (const name of entriesOf(node)) yield* walk(root, joinPath(path, name))
}

/** @param links where inodes with several names were written first */
function* writeNode(node: TreeNode, links: Map<string, string>): Generator<Buffer> {
  const inode = `${node.stat.dev}:${node.stat.ino}`
  const first = node.stat.isDirectory() ? undefined : links.get(inode)
  const entry = memberOf(node)
  if (entry === undefined) return
  if (first !== undefined) {
    yield encodeMember({ ...entry, type: 'hard-link', linkName: first, size: 0, xattrs: [] })
    return
  }
  if (node.stat.nlink > 1n) links.set(inode, node.path)
  yield encodeMember(entry)
  if (entry.type === 'file') yield* contentOf(node, entry.size)
}

/** Exactly `size` bytes: a file that shrinks meanwhile is filled up with zeros, for its header is already out. */
function* contentOf(node: TreeNode, size: number): Generator<Buffer> {
  const fd = openSync(node.file, 'r')
  try {
    for (let left = size; left > 0; ) {
      const chunk = Buffer.alloc(Math.min(chunkBytes, left))
      const count = readSync(fd, chunk)
      const part = count === 0 ? chunk : chunk.subarray(0, count)
      left -= part.length
      yield part
    }
  } finally {
    closeSync(fd)
  }
  if (size % 512 !== 0) yield tarPadding(size)
}

function* removals(before: TreeNode, upper: string): Generator<Buffer> {
  for (const name of entriesOf(before)) {
    const path = joinPath(before.path, name)
    if (nodeAt(upper, path) === undefined) yield whiteoutMember(path)
  }
}

function isChanged(before: TreeNode, after: TreeNode): boolean {
  const [one, other] = [memberOf(before), memberOf(after)]
  if (one === undefined || other === undefined) return one !== other
  const isSame =
    one.type === other.type &&
    one.mode === other.mode &&
    one.uid === other.uid &&
    one.gid === other.gid &&
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs &&
    one.linkName === other.linkName
  return !isSame || one.major !== other.major || one.minor !== other.minor || !hasSameXattrs(one, other)
}

function hasSameXattrs(one: TarEntry, other: TarEntry): boolean {
  const text = (entry: TarEntry) => entry.xattrs.map(({ key, value }) => `${key}=${Buffer.from(value).toString('hex')}`)
  return text(one).join() === text(other).join()
}

/** For a path: all names of its inode in the tree, as one text. */
function linkGroups(root: string): (path: string) => string {
  const names = new Map<string, string[]>()
  const inodes = new Map<string, string>()
  for (const { path, stat } of walk(root, '')) {
    if (stat.nlink < 2n || stat.isDirectory()) continue
    const inode = `${stat.dev}:${stat.ino}`
    inodes.set(path, inode)
    names.set(inode, [...(names.get(inode) ?? []), path])
  }
  return (path) => names.get(inodes.get(path) ?? '')?.join('\0') ?? path
}

function isWhiteoutNode({ stat }: TreeNode): boolean {
  return stat.isCharacterDevice() && stat.rdev === 0n
}

function isOpaque(node: TreeNode, style: 'overlay' | 'overlay-userxattr'): boolean {
  const key = style === 'overlay' ? 'trusted.overlay.opaque' : 'user.overlay.opaque'
  try {
    return native().lgetxattr(node.file.toString(), key).toString() === 'y'
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENODATA' || errno === 'ENOTSUP' || errno === 'EOPNOTSUPP') return false
    throw error
  }
}

function whiteoutMember(path: string): Buffer {
  const cut = path.lastIndexOf('/') + 1
  return encodeMember(emptyFile(`${path.slice(0, cut)}${whiteoutPrefix}${path.slice(cut)}`))
}

function emptyFile(name: string): TarEntry {
  const owner = { uid: 0, gid: 0, major: 0, minor: 0, mode: 0 }
  return { ...owner, type: 'file', name, linkName: '', mtimeNs: 0n, size: 0, xattrs: [] }
}
