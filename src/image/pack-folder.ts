// A folder as a tar: everything below it and, as `./`, itself. The folder may be changed by others meanwhile: every entry is opened below its
// folder's descriptor and no link is followed, so that nothing from outside gets in.

import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'
import { splitDevice } from '../os/device-number.ts'
import { native, resolveFlags } from '../os/native.ts'
import type { TarEntry, TarType, Xattr } from './tar-entry.ts'
import { encodeMember, tarEnd, tarPadding } from './tar-writer.ts'

const chunkBytes = 1 << 20
const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY
const inside = resolveFlags.beneath | resolveFlags.noSymlinks

/** The archive, piece by piece. Sockets are left out; what vanishes meanwhile is, too. */
export function* packFolder(folder: string): Generator<Uint8Array> {
  const fd = openSync(folder, folderFlags)
  try {
    yield* packFolderAt(fd, '.', new Map())
  } finally {
    closeSync(fd)
  }
  yield tarEnd()
}

/** Where each inode with several names is in the archive already. */
type Links = Map<string, string>

function* packFolderAt(fd: number, name: string, links: Links): Generator<Uint8Array> {
  const here = `/proc/self/fd/${fd}`
  yield encodeMember(memberOf(fstatSync(fd, { bigint: true }), { name, type: 'folder', path: here }))
  for (const entry of readdirSync(here, { encoding: 'latin1' }).sort()) {
    yield* packEntry(fd, { entry, name: `${name}/${entry}` }, links)
  }
}

interface Entry {
  /** Byte strings: in its folder, and in the archive. */
  readonly entry: string
  readonly name: string
}

function* packEntry(parent: number, { entry, name }: Entry, links: Links): Generator<Uint8Array> {
  const path = Buffer.from(`/proc/self/fd/${parent}/${entry}`, 'latin1')
  const stat = absentAsUndefined(() => lstatSync(path, { bigint: true }))
  const type = stat === undefined ? undefined : typeOf(stat)
  if (stat === undefined || type === undefined) return
  if (type === 'file' || type === 'folder') {
    const fd = openBelow(parent, entry, type)
    if (fd === undefined) return
    try {
      if (type === 'folder') yield* packFolderAt(fd, name, links)
      else yield* packFile(fd, name, links)
    } finally {
      closeSync(fd)
    }
    return
  }
  const linkName = type === 'symlink' ? readlinkSync(path, { encoding: 'latin1' }) : ''
  yield encodeMember(memberOf(stat, { name, type, path, linkName }))
}

function* packFile(fd: number, name: string, links: Links): Generator<Uint8Array> {
  const stat = fstatSync(fd, { bigint: true })
  const inode = `${stat.dev}:${stat.ino}`
  const first = stat.nlink > 1n ? links.get(inode) : undefined
  const path = `/proc/self/fd/${fd}`
  if (first !== undefined) {
    yield encodeMember(memberOf(stat, { name, type: 'hard-link', path, linkName: first }))
    return
  }
  links.set(inode, name)
  yield encodeMember(memberOf(stat, { name, type: 'file', path }))
  yield* packContent(fd, Number(stat.size))
}

/** Exactly as long as its header says, whatever becomes of the file. */
function* packContent(fd: number, size: number): Generator<Uint8Array> {
  let position = 0
  while (position < size) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, size - position))
    const read = readSync(fd, chunk, 0, chunk.length, position)
    position += read === 0 ? chunk.length : read
    yield read === 0 ? chunk : chunk.subarray(0, read)
  }
  yield tarPadding(size)
}

/** Undefined where it is not, or no longer, of that type. */
function openBelow(parent: number, entry: string, type: 'file' | 'folder'): number | undefined {
  const flags = type === 'folder' ? folderFlags : constants.O_RDONLY | constants.O_NONBLOCK
  try {
    return native().openat2(parent, Buffer.from(entry, 'latin1'), { flags, resolve: inside })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

function typeOf(stat: BigIntStats): TarType | undefined {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  if (stat.isSymbolicLink()) return 'symlink'
  if (stat.isCharacterDevice()) return 'character-device'
  if (stat.isBlockDevice()) return 'block-device'
  return stat.isFIFO() ? 'fifo' : undefined
}

interface Member {
  readonly name: string
  readonly type: TarType
  readonly path: string | Buffer
  readonly linkName?: string
}

function memberOf(stat: BigIntStats, { name, type, path, linkName = '' }: Member): TarEntry {
  const isDevice = type === 'character-device' || type === 'block-device'
  return {
    type,
    name,
    linkName,
    mode: Number(stat.mode) & 0o7777,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    mtimeNs: stat.mtimeNs,
    size: type === 'file' ? Number(stat.size) : 0,
    ...(isDevice ? splitDevice(stat.rdev) : { major: 0, minor: 0 }),
    xattrs: type === 'file' || type === 'folder' ? xattrsOf(`${path}${type === 'folder' ? '/.' : ''}`) : [],
  }
}

/** What belongs to the content: file capabilities, ACLs and users' own. */
function xattrsOf(path: string): Xattr[] {
  try {
    return native()
      .llistxattr(path)
      .filter((key) => key === 'security.capability' || key.startsWith('user.'))
      .map((key) => ({ key, value: native().lgetxattr(path, key) }))
  } catch (error) {
    if (['ENOTSUP', 'EOPNOTSUPP', 'ENODATA', 'ENOENT'].includes(errnoOf(error) ?? '')) return []
    throw error
  }
}
