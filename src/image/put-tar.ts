// Members of a tar into a tree that others may be changing, and that holds something already. Every folder on the way is resolved inside the
// tree, and what is made gets its owner and mode through its own descriptor, or by a name that is not followed.

import { closeSync, constants, fchmodSync, fchownSync, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { errnoOf } from '../base/errors.ts'
import { logDebug } from '../base/log.ts'
import { native, resolveFlags } from '../os/native.ts'
import { openEntry } from '../os/open-entry.ts'
import { writeSparsely } from '../os/sparse-file.ts'
import { resolveIn, type TreeView } from '../os/tree-view.ts'
import type { Owner } from './pack-folder.ts'
import { explained, failed, kindAt, type Place, refuseOrRemove, replacing } from './put-place.ts'
import { shownName, type TarEntry, type Xattr } from './tar-entry.ts'
import type { TarHandler } from './tar-reader.ts'
import { ownerRules } from './unpack-owner.ts'

export interface PutRules {
  readonly view: TreeView
  /** Path in the view of a folder that is there, without links; empty for the root. */
  readonly folder: string
  readonly ownerOf: (owner: Owner, type: TarEntry['type']) => Owner
  /** Folders may take the place of what is none, and the other way round. */
  readonly isOverwriting: boolean
  /** The tree is the host's, the archive a stranger's: no devices, nothing that gives privileges. */
  readonly isGuarded: boolean
}

export interface TarPutter extends TarHandler, Disposable {
  /** Gives folders their modes and times. */
  finish(): void
}

interface Put {
  readonly rules: PutRules
  readonly keepsOwners: boolean
  readonly folders: Map<string, TarEntry>
  readonly skipped: Set<string>
  /** The folder of the last member, which most often is the next one's as well. */
  last: { readonly path: string; readonly fd: number } | undefined
  file: PutFile | undefined
}

interface PutFile {
  readonly fd: number
  readonly entry: TarEntry
  readonly place: Place
  /** A file that something is mounted on: it keeps what it is. */
  readonly isInPlace: boolean
  position: number
}

const inside = resolveFlags.beneath | resolveFlags.noSymlinks | resolveFlags.noMagicLinks
const createFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
const deviceBits = { 'character-device': 0o020000, 'block-device': 0o060000, fifo: 0o010000 } as const

/** @throws conflict `copy-would-replace`; unavailable `copy-failed` */
export function createTarPutter(rules: PutRules): TarPutter {
  const keepsOwners = !ownerRules().isSingleId
  const put: Put = { rules, keepsOwners, folders: new Map(), skipped: new Set(), last: undefined, file: undefined }
  return {
    entry: (entry) => explained(entry, () => putEntry(put, entry)),
    data(chunk, position) {
      const { file } = put
      if (file === undefined) return
      explained(file.entry, () => {
        if (writeSparsely(file.fd, chunk, position)) file.position = position + chunk.length
      })
    },
    endEntry() {
      const { file } = put
      put.file = undefined
      if (file !== undefined) explained(file.entry, () => finishFile(put, file))
    },
    finish() {
      for (const [path, entry] of [...put.folders].reverse()) explained(entry, () => finishFolder(put, path, entry))
    },
    [Symbol.dispose]() {
      if (put.file !== undefined) closeSync(put.file.fd)
      if (put.last !== undefined) closeSync(put.last.fd)
    },
  }
}

function putEntry(put: Put, entry: TarEntry): void {
  const names = namesOf(entry.name)
  if (entry.type === 'folder') return putFolder(put, entry, names)
  const name = names.at(-1)
  if (name === undefined) return
  const folder = [put.rules.folder, ...names.slice(0, -1)].join('/')
  const place = { fd: openFolder(put, folder), name: Buffer.from(name, 'latin1'), path: `${folder}/${name}` }
  switch (entry.type) {
    case 'file':
      put.file = openFile(put, entry, place)
      return
    case 'hard-link':
      return putHardLink(put, entry, place)
    case 'symlink':
      replacing(place, put.rules.isOverwriting, () =>
        native().symlinkat(Buffer.from(entry.linkName, 'latin1'), place.fd, place.name),
      )
      return finishNode(put, entry, place)
    case 'fifo':
    case 'character-device':
    case 'block-device':
      return putNode(put, entry, place)
  }
}

/** Nothing leads above the folder. */
function namesOf(name: string): string[] {
  const names: string[] = []
  for (const part of name.split('/')) {
    if (part === '..') names.pop()
    else if (part !== '' && part !== '.') names.push(part)
  }
  return names
}

/** Missing folders are made, but for the one that all goes into: it was there. The descriptor is good until the next call. */
function openFolder(put: Put, path: string): number {
  if (put.last?.path === path) return put.last.fd
  using found = resolveIn(put.rules.view, path)
  if (found.status !== 'found') {
    makeFolder(put, path)
    return openFolder(put, path)
  }
  if (!found.isFolder) throw failed(path, 'not a directory')
  const fd = openSync(`/proc/self/fd/${found.fd}`, constants.O_RDONLY | constants.O_DIRECTORY)
  if (put.last !== undefined) closeSync(put.last.fd)
  put.last = { path, fd }
  return fd
}

function makeFolder(put: Put, path: string): void {
  if (path === put.rules.folder) throw failed(path, 'somebody has moved or removed it')
  const cut = path.lastIndexOf('/')
  const place = { fd: openFolder(put, path.slice(0, cut)), name: Buffer.from(path.slice(cut + 1), 'latin1'), path }
  native().mkdirat(place.fd, place.name, 0o755)
  giveOwner(put, place, put.rules.ownerOf({ uid: 0, gid: 0 }, 'folder'))
  native().fchmodat(place.fd, place.name, 0o755)
}

function putFolder(put: Put, entry: TarEntry, names: readonly string[]): void {
  const path = [put.rules.folder, ...names].join('/')
  const name = names.at(-1)
  if (name !== undefined) {
    const parent = [put.rules.folder, ...names.slice(0, -1)].join('/')
    const place = { fd: openFolder(put, parent), name: Buffer.from(name, 'latin1'), path }
    const there = put.rules.view.mounts.has(path) ? 'folder' : kindAt(place)
    if (there === 'other') refuseOrRemove(place, put.rules.isOverwriting, 'mkdir')
    if (there !== 'folder') native().mkdirat(place.fd, place.name, 0o700)
  }
  put.folders.set(path, entry)
}

function finishFolder(put: Put, path: string, entry: TarEntry): void {
  const fd = openFolder(put, path)
  if (put.keepsOwners) {
    const { uid, gid } = put.rules.ownerOf(entry, 'folder')
    fchownSync(fd, uid, gid)
  }
  fchmodSync(fd, entry.mode)
  const here = { fd, name: Buffer.from('.'), path }
  putXattrs(put, entry, here)
  native().utimensat(fd, here.name, { atimeNs: entry.mtimeNs, mtimeNs: entry.mtimeNs })
}

function openFile(put: Put, entry: TarEntry, place: Place): PutFile {
  const mounted = put.rules.view.mounts.get(place.path)
  if (mounted !== undefined) return { ...openInPlace(mounted), entry, place }
  const create = () => native().openat2(place.fd, place.name, { flags: createFlags, mode: 0o600, resolve: inside })
  try {
    return { fd: replacing(place, put.rules.isOverwriting, create), entry, place, isInPlace: false, position: 0 }
  } catch (error) {
    // Something is mounted on it: the file there is what the container means.
    const busy = errnoOf(error) === 'EBUSY' ? openEntry(place.fd, place.name.toString('latin1')) : undefined
    if (busy === undefined) throw error
    try {
      return { ...openInPlace(busy), entry, place }
    } finally {
      closeSync(busy)
    }
  }
}

function openInPlace(named: number): Pick<PutFile, 'fd' | 'isInPlace' | 'position'> {
  if (!fstatSync(named).isFile()) throw Object.assign(new Error('not a file'), { code: 'EEXIST' })
  const fd = openSync(`/proc/self/fd/${named}`, constants.O_WRONLY | constants.O_TRUNC)
  return { fd, isInPlace: true, position: 0 }
}

function finishFile(put: Put, { fd, entry, place, isInPlace, position }: PutFile): void {
  try {
    if (position < entry.size) ftruncateSync(fd, entry.size)
    if (isInPlace) return
    const { uid, gid } = put.rules.ownerOf(entry, 'file')
    if (put.keepsOwners) fchownSync(fd, uid, gid)
    fchmodSync(fd, put.rules.isGuarded ? entry.mode & 0o1777 : entry.mode)
    putXattrs(put, entry, place)
    native().utimensat(place.fd, place.name, { atimeNs: entry.mtimeNs, mtimeNs: entry.mtimeNs })
  } finally {
    closeSync(fd)
  }
}

function putHardLink(put: Put, entry: TarEntry, place: Place): void {
  const names = namesOf(entry.linkName)
  if (put.skipped.has(names.join('/'))) return
  const folder = [put.rules.folder, ...names.slice(0, -1)].join('/')
  using from = resolveIn(put.rules.view, folder)
  if (from.status !== 'found') throw failed(place.path, 'its hard link leads nowhere')
  const name = Buffer.from(names.at(-1) ?? '', 'latin1')
  replacing(place, put.rules.isOverwriting, () => native().linkat(from.fd, name, { dirFd: place.fd, name: place.name }))
}

function putNode(put: Put, entry: TarEntry, place: Place): void {
  if (entry.type !== 'fifo' && entry.type !== 'character-device' && entry.type !== 'block-device') return
  const node = { mode: deviceBits[entry.type] | 0o600, major: entry.major, minor: entry.minor }
  // 0:0 would be a whiteout.
  const isRefused = entry.type !== 'fifo' && (put.rules.isGuarded || (node.major === 0 && node.minor === 0))
  if (isRefused) return skip(put, entry)
  try {
    replacing(place, put.rules.isOverwriting, () => native().mknodat(place.fd, place.name, node))
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error
    return skip(put, entry)
  }
  finishNode(put, entry, place)
}

function skip(put: Put, entry: TarEntry): void {
  put.skipped.add(namesOf(entry.name).join('/'))
  logDebug('device node left out', { name: shownName(entry.name), major: entry.major, minor: entry.minor })
}

function finishNode(put: Put, entry: TarEntry, place: Place): void {
  giveOwner(put, place, put.rules.ownerOf(entry, entry.type))
  if (entry.type !== 'symlink') native().fchmodat(place.fd, place.name, entry.mode)
  native().utimensat(place.fd, place.name, { atimeNs: entry.mtimeNs, mtimeNs: entry.mtimeNs })
}

function giveOwner({ keepsOwners }: Put, { fd, name }: Place, owner: Owner): void {
  if (keepsOwners) native().fchownat(fd, name, owner)
}

function putXattrs({ rules }: Put, entry: TarEntry, { fd, name }: Place): void {
  const wanted = rules.isGuarded ? entry.xattrs.filter(({ key }) => key.startsWith('user.')) : entry.xattrs
  for (const xattr of wanted) putXattr(xattr, { fd, name })
}

function putXattr({ key, value }: Xattr, { fd, name }: { readonly fd: number; readonly name: Buffer }): void {
  if (/^(?:trusted|user)\.overlay\.|^user\.fuseoverlayfs\.|^security\.selinux$/.test(key)) return
  try {
    native().lsetxattrat(fd, name, { key, value })
  } catch (error) {
    if (!['ENOTSUP', 'EOPNOTSUPP', 'EPERM'].includes(errnoOf(error) ?? '')) throw error
  }
}
