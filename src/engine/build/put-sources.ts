// COPY and ADD: sources into the root file system of a step. Neither a link of the sources nor one of the image leads out.

import { createHash, type Hash } from 'node:crypto'
import { closeSync, constants, openSync, readlinkSync, readSync } from 'node:fs'
import { posix } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { takeInTurns } from '../../base/turns.ts'
import type { FileMode } from '../../dockerfile/file-mode.ts'
import type { Owner } from '../../image/pack-folder.ts'
import { createTarPutter, type TarPutter } from '../../image/put-tar.ts'
import type { TarEntry, TarType } from '../../image/tar-entry.ts'
import { splitDevice } from '../../os/device-number.ts'
import { resolveIn, type TreeView } from '../../os/tree-view.ts'
import { describeEntry } from './content-digest.ts'
import type { FileDigests } from './file-digests.ts'
import { makeFolders } from './make-folder.ts'
import { type WalkedEntry, type WalkRules, walkSource } from './source-walk.ts'

export interface PutTarget {
  readonly view: TreeView
  /** Absolute. */
  readonly path: string
  /** A folder is meant, whether it is there or not. */
  readonly isFolder: boolean
  readonly owner: Owner
  /** Of what is put, but for links. */
  readonly modeOf: FileMode
}

export interface PutSource {
  readonly entry: WalkedEntry
  /** What it is called in a folder; may hold slashes. Empty for a folder whose entries are put. */
  readonly name: string
  readonly rules: WalkRules
}

export interface TextSource {
  readonly name: string
  readonly content: string
  readonly mtimeNs: bigint
}

/** Answers the digest of the content, as `contentDigest` does. @throws as makeFolders and createTarPutter; the signal's reason */
export async function putSource(
  target: PutTarget,
  source: PutSource,
  { digests, signal }: PutContext,
): Promise<string> {
  const isFolder = source.entry.stat.isDirectory()
  const place = placeOf(target, isFolder ? source.name : source.name || 'file', isFolder)
  const hash = createHash('sha256')
  using putter = openPutter(target, place.folder)
  const put: Putting = { target, putter, digests, hash, buffer: Buffer.allocUnsafe(chunkBytes), links: new Map() }
  await takeInTurns(putEntries(put, source, place.name), signal)
  putter.finish()
  return hash.digest('hex')
}

export interface PutContext {
  readonly digests: FileDigests
  readonly signal: AbortSignal
}

/** A heredoc. */
export function putText(target: PutTarget, { name, content, mtimeNs }: TextSource): void {
  const place = placeOf(target, name, false)
  using putter = openPutter(target, place.folder)
  const bytes = Buffer.from(content)
  putter.entry({
    ...plain,
    name: place.name,
    type: 'file',
    mode: target.modeOf(0o644, false),
    size: bytes.length,
    mtimeNs,
  })
  putter.data(bytes, 0)
  putter.endEntry()
  putter.finish()
}

/** For members of an archive; the folder is made. `isOwned`: they keep their owners. */
export function openArchivePutter(target: PutTarget, isOwned: boolean): TarPutter {
  const path = makeFolders(target.view, bytesOf(target.path), target.owner)
  using folder = resolveIn(target.view, path)
  if (folder.status !== 'found') throw new Error('a folder that was just made is gone')
  // Its links lead nowhere but into that folder, as in docker, which makes it the root of who unpacks.
  const root = openSync(`/proc/self/fd/${folder.fd}`, constants.O_RDONLY | constants.O_DIRECTORY)
  const putter = openPutter({ ...target, view: { root, mounts: new Map() } }, '', { keepsOwners: isOwned })
  return {
    ...putter,
    [Symbol.dispose]() {
      putter[Symbol.dispose]()
      closeSync(root)
    },
  }
}

const chunkBytes = 1 << 20
const plain = { linkName: '', uid: 0, gid: 0, major: 0, minor: 0, xattrs: [] } as const

interface Putting {
  readonly target: PutTarget
  readonly putter: TarPutter
  readonly digests: FileDigests
  readonly hash: Hash
  readonly buffer: Buffer
  /** Where each inode with several names is by now. */
  readonly links: Map<string, string>
}

interface Place {
  /** Without links; byte strings both. */
  readonly folder: string
  readonly name: string
}

/** A folder's entries go into the target, whatever that is; a file becomes it, or goes into it. */
function placeOf({ view, path, isFolder, owner }: PutTarget, name: string, isSourceFolder: boolean): Place {
  if (isSourceFolder && name === '') return { folder: makeFolders(view, bytesOf(path), owner), name: '' }
  using there = resolveIn(view, bytesOf(path))
  const isInto = isFolder || isSourceFolder || (there.status === 'found' && there.isFolder)
  if (isInto) return { folder: makeFolders(view, bytesOf(path), owner), name: bytesOf(name) }
  return {
    folder: makeFolders(view, bytesOf(posix.dirname(path)), owner),
    name: bytesOf(posix.basename(path)),
  }
}

function openPutter(
  { view, owner }: Pick<PutTarget, 'view' | 'owner'>,
  folder: string,
  archive?: { readonly keepsOwners: boolean },
): TarPutter {
  return createTarPutter({
    view,
    folder,
    ownerOf: (own) => (archive?.keepsOwners === true ? own : owner),
    // Whatever is put takes the place of what is there, folders included: docker's way, and buildah's.
    isOverwriting: true,
    isGuarded: false,
  })
}

/** Yields now and then: after an entry, and in the midst of large files. */
function* putEntries(put: Putting, { entry: source, rules }: PutSource, name: string): Generator<undefined> {
  for (const entry of walkSource(source, rules)) {
    yield* putEntry(put, entry, entry.path === '' ? name : joined(name, entry.path))
    yield
  }
}

function* putEntry(put: Putting, entry: WalkedEntry, name: string): Generator<undefined> {
  const type = typeOf(entry)
  if (type === undefined) return
  if (type === 'file') yield* putFile(put, entry, name)
  else {
    put.hash.update(describeEntry(entry, () => ''))
    if (name === '') return
    put.putter.entry(memberOf(put, entry, { name, type }))
    put.putter.endEntry()
  }
}

function* putFile(put: Putting, entry: WalkedEntry, name: string): Generator<undefined> {
  const { stat } = entry
  const inode = `${stat.dev}:${stat.ino}`
  const first = stat.nlink > 1n ? put.links.get(inode) : undefined
  if (first !== undefined) return putHardLink(put, entry, { name, first })
  if (stat.nlink > 1n) put.links.set(inode, name)
  const known = put.digests.known(stat)
  const hash = known === undefined ? createHash('sha256') : undefined
  const fd = openSync(`/proc/self/fd/${entry.fd}`, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    put.putter.entry(memberOf(put, entry, { name, type: 'file' }))
    let position = 0
    for (let read = readSync(fd, put.buffer); read > 0; read = readSync(fd, put.buffer)) {
      const chunk = put.buffer.subarray(0, read)
      hash?.update(chunk)
      put.putter.data(chunk, position)
      position += read
      yield
    }
    put.putter.endEntry()
    if (position !== Number(stat.size)) throw changed(name)
  } finally {
    closeSync(fd)
  }
  const digest = known ?? hash?.digest('hex') ?? ''
  if (known === undefined) put.digests.learn(stat, digest)
  put.hash.update(describeEntry(entry, () => digest))
}

/** To a name of the same source that was put before. */
function putHardLink(put: Putting, entry: WalkedEntry, { name, first }: { name: string; first: string }): void {
  put.putter.entry({ ...memberOf(put, entry, { name, type: 'hard-link' }), linkName: first })
  put.putter.endEntry()
  put.hash.update(describeEntry(entry, () => put.digests.of(entry.fd, entry.stat)))
}

function memberOf(
  { target }: Putting,
  { stat, parent, name: own }: WalkedEntry,
  { name, type }: { readonly name: string; readonly type: TarType },
): TarEntry {
  const isDevice = type === 'character-device' || type === 'block-device'
  const path = Buffer.from(`/proc/self/fd/${parent}/${own}`, 'latin1')
  return {
    ...plain,
    type,
    name,
    linkName: type === 'symlink' ? readlinkSync(path, { encoding: 'latin1' }) : '',
    mode: target.modeOf(Number(stat.mode) & 0o7777, type === 'folder'),
    mtimeNs: stat.mtimeNs,
    size: type === 'file' ? Number(stat.size) : 0,
    ...(isDevice ? splitDevice(stat.rdev) : {}),
  }
}

/** Sockets are left out. */
function typeOf({ stat }: WalkedEntry): TarType | undefined {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  if (stat.isSymbolicLink()) return 'symlink'
  if (stat.isCharacterDevice()) return 'character-device'
  if (stat.isBlockDevice()) return 'block-device'
  return stat.isFIFO() ? 'fifo' : undefined
}

function joined(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function changed(name: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'source-changed',
    message: `'${Buffer.from(name, 'latin1').toString()}' was changed while it was copied`,
    hint: 'Build again when nobody writes to it.',
  })
}
