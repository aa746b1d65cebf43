// A folder as a tar. The folder may be changed by others meanwhile, and they may be hostile: every entry is opened below its folder's
// descriptor, looked at through that, and no link is followed, so that nothing from outside gets in.

import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs'
import { EngineError, errnoOf } from '../base/errors.ts'
import { splitDevice } from '../os/device-number.ts'
import { native } from '../os/native.ts'
import { openEntry, openPath } from '../os/open-entry.ts'
import { dataRanges, zeros } from '../os/sparse-file.ts'
import { shownName, type TarEntry, type TarType, type Xattr } from './tar-entry.ts'
import { encodeMember, tarEnd, tarPadding } from './tar-writer.ts'

const chunkBytes = 1 << 20
const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** An entry of a folder that is being packed. */
export interface PackedEntry {
  /** The folder's descriptor, and the entry's name in it: a byte string. */
  readonly parent: number
  readonly entry: string
  /** In the archive. */
  readonly name: string
  /** The entry itself, O_PATH. */
  readonly fd: number
  readonly stat: BigIntStats
}

export interface PackRules {
  /** Whose it is in the archive; as it is unless said. */
  readonly ownerOf?: (owner: Owner) => Owner
  /** What stands in the archive in the entry's place; undefined for the entry itself. */
  readonly insteadOf?: (entry: PackedEntry) => readonly TarEntry[] | undefined
  /** What is mounted in a folder, by name, whether something lies below it or not; the descriptors stay the caller's. */
  readonly mountedIn?: (folder: string) => ReadonlyMap<string, number>
  /** A descriptor of what is packed in the entry's place, under its name; it stays the caller's. */
  readonly coverOf?: (entry: PackedEntry) => number | undefined
  /** Members that follow the folder's own. */
  readonly inFolder?: (folder: { readonly fd: number; readonly name: string }) => readonly TarEntry[]
  /** Of an extended attribute that belongs to the content; undefined leaves it out. */
  readonly xattrOf?: (xattr: Xattr) => Xattr | undefined
  /** What may not be read is left out. */
  readonly skipsUnreadable?: boolean
}

/** The archive, piece by piece: all that is below the folder, and as `./` the folder itself. Sockets are left out, and what vanishes meanwhile. */
export function* packFolder(folder: string): Generator<Uint8Array> {
  const fd = openSync(folder, folderFlags)
  try {
    yield* packOpenFolder(fd, '.')
  } finally {
    closeSync(fd)
  }
  yield tarEnd()
}

/**
 * An open folder as members `name/…` (an empty name: its entries alone), without the archive's end. Holes come as views of `zeros`.
 */
export function* packOpenFolder(fd: number, name: string, rules: PackRules = {}): Generator<Uint8Array> {
  yield* packFolderAt(fd, name, { links: new Map(), rules })
}

/** One entry with what is below it. */
export function* packOpenEntry(place: PackedEntry, rules: PackRules = {}): Generator<Uint8Array> {
  yield* packSelf(place, { links: new Map(), rules })
}

interface Packing {
  /** Where each inode with several names is in the archive already. */
  readonly links: Map<string, string>
  readonly rules: PackRules
}

function* packFolderAt(fd: number, name: string, packing: Packing): Generator<Uint8Array> {
  const { rules } = packing
  const here = `/proc/self/fd/${fd}`
  if (name !== '') {
    const xattrs = xattrsOf(`${here}/.`, rules)
    yield encodeMember(memberOf(fstatSync(fd, { bigint: true }), { name, type: 'folder', xattrs, rules }))
  }
  for (const member of rules.inFolder?.({ fd, name }) ?? []) yield encodeMember(member)
  const mounted = rules.mountedIn?.(name) ?? new Map<string, number>()
  const entries = new Set([...readdirSync(here, { encoding: 'latin1' }), ...mounted.keys()])
  for (const entry of [...entries].sort()) {
    const cover = mounted.get(entry)
    const opened = cover === undefined ? openEntry(fd, entry) : openSync(`/proc/self/fd/${cover}`, openPath)
    if (opened === undefined) continue
    try {
      const stat = fstatSync(opened, { bigint: true })
      yield* packEntry({ parent: fd, entry, name: name === '' ? entry : `${name}/${entry}`, fd: opened, stat }, packing)
    } finally {
      closeSync(opened)
    }
  }
}

function* packEntry(place: PackedEntry, packing: Packing): Generator<Uint8Array> {
  const { rules } = packing
  const instead = rules.insteadOf?.(place)
  if (instead !== undefined) {
    for (const member of instead) yield encodeMember(member)
    return
  }
  const cover = rules.coverOf?.(place)
  if (cover === undefined) yield* packSelf(place, packing)
  else yield* packSelf({ ...place, fd: cover, stat: fstatSync(cover, { bigint: true }) }, packing)
}

function* packSelf({ parent, entry, name, fd, stat }: PackedEntry, packing: Packing): Generator<Uint8Array> {
  const { rules } = packing
  const type = typeOf(stat)
  const path = Buffer.from(`/proc/self/fd/${parent}/${entry}`, 'latin1')
  if (type === undefined) return
  if (type === 'folder') yield* packSubfolder(fd, name, packing)
  else if (type === 'file') yield* packFile({ fd, stat, name, path }, packing)
  else {
    const linkName = type === 'symlink' ? linkAt(path) : ''
    if (linkName !== undefined) yield encodeMember(memberOf(stat, { name, type, linkName, rules }))
  }
}

function* packSubfolder(opened: number, name: string, packing: Packing): Generator<Uint8Array> {
  const fd = reopen({ fd: opened, name, flags: folderFlags }, packing.rules)
  if (fd === undefined) return
  try {
    yield* packFolderAt(fd, name, packing)
  } finally {
    closeSync(fd)
  }
}

interface FoundFile {
  readonly fd: number
  readonly stat: BigIntStats
  readonly name: string
  /** For its attributes. */
  readonly path: string | Buffer
}

function* packFile({ fd: opened, stat, name, path }: FoundFile, { links, rules }: Packing): Generator<Uint8Array> {
  const inode = `${stat.dev}:${stat.ino}`
  const first = stat.nlink > 1n ? links.get(inode) : undefined
  if (first !== undefined) {
    yield encodeMember(memberOf(stat, { name, type: 'hard-link', linkName: first, rules }))
    return
  }
  const fd = reopen({ fd: opened, name, flags: constants.O_RDONLY | constants.O_NONBLOCK }, rules)
  if (fd === undefined) return
  try {
    if (stat.nlink > 1n) links.set(inode, name)
    yield encodeMember(memberOf(stat, { name, type: 'file', xattrs: xattrsOf(path, rules), rules }))
    yield* packContent(fd, Number(stat.size))
  } finally {
    closeSync(fd)
  }
}

/** Exactly as long as its header says, whatever becomes of the file. */
function* packContent(fd: number, size: number): Generator<Uint8Array> {
  let position = 0
  for (const { start, end } of dataRanges(fd, size)) {
    yield* holeOf(start - position)
    position = start
    while (position < end) {
      const chunk = Buffer.alloc(Math.min(chunkBytes, end - position))
      const read = readSync(fd, chunk, 0, chunk.length, position)
      position += read === 0 ? chunk.length : read
      yield read === 0 ? chunk : chunk.subarray(0, read)
    }
  }
  yield* holeOf(size - position)
  yield tarPadding(size)
}

function* holeOf(size: number): Generator<Uint8Array> {
  for (let left = size; left > 0; left -= zeros.length) yield left < zeros.length ? zeros.subarray(0, left) : zeros
}

interface Reopening {
  readonly fd: number
  readonly name: string
  readonly flags: number
}

/** What a descriptor names, for reading: no path is looked up again. */
function reopen({ fd, name, flags }: Reopening, { skipsUnreadable = false }: PackRules): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, flags)
  } catch (error) {
    const errno = errnoOf(error) ?? ''
    const isRefused = errno === 'EACCES' || errno === 'EPERM'
    if (errno === 'ENOENT' || (skipsUnreadable && isRefused)) return undefined
    if (!isRefused) throw error
    throw new EngineError({
      kind: 'denied',
      code: 'file-unreadable',
      message: `cannot read '${shownName(name)}': permission denied`,
      cause: error,
    })
  }
}

/** Undefined where there is no link any more. */
function linkAt(path: Buffer): string | undefined {
  try {
    return readlinkSync(path, { encoding: 'latin1' })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EINVAL'].includes(errnoOf(error) ?? '')) return undefined
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
  readonly linkName?: string
  readonly xattrs?: readonly Xattr[]
  readonly rules: PackRules
}

function memberOf(stat: BigIntStats, { name, type, linkName = '', xattrs = [], rules }: Member): TarEntry {
  const isDevice = type === 'character-device' || type === 'block-device'
  const owner = { uid: Number(stat.uid), gid: Number(stat.gid) }
  return {
    type,
    name,
    linkName,
    mode: Number(stat.mode) & 0o7777,
    ...(rules.ownerOf?.(owner) ?? owner),
    mtimeNs: stat.mtimeNs,
    size: type === 'file' ? Number(stat.size) : 0,
    ...(isDevice ? splitDevice(stat.rdev) : { major: 0, minor: 0 }),
    xattrs,
  }
}

/** Kept for the overlay's and the storage's own use. */
const notContent = /^user\.(?:overlay|fuseoverlayfs|containers)\./

/** What belongs to the content: file capabilities, ACLs and users' own. */
function xattrsOf(path: string | Buffer, { xattrOf = (xattr) => xattr }: PackRules): Xattr[] {
  try {
    return native()
      .llistxattr(path)
      .filter((key) => key === 'security.capability' || (key.startsWith('user.') && !notContent.test(key)))
      .flatMap((key) => xattrOf({ key, value: native().lgetxattr(path, key) }) ?? [])
  } catch (error) {
    if (['ENOTSUP', 'EOPNOTSUPP', 'ENODATA', 'ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return []
    throw error
  }
}
