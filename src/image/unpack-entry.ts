// Makes one member of a layer: file, folder, link, device or whiteout, below descriptors that cannot leave the layer's folder.

import { closeSync, constants } from 'node:fs'
import { errnoOf, invalid } from '../base/errors.ts'
import { logDebug } from '../base/log.ts'
import { native, resolveFlags } from '../os/native.ts'
import { removeTree } from '../os/remove-tree.ts'
import { shownName, type TarEntry } from './tar-entry.ts'
import { applyAttributes, type Place } from './unpack-attributes.ts'
import type { FolderCache } from './unpack-folders.ts'
import type { UnpackLimits } from './unpack-limits.ts'
import { nativeName } from './unpack-name.ts'
import type { OwnerRules } from './unpack-owner.ts'
import { memberPath } from './unpack-path.ts'
import { isWhiteout, statAt, writeOpaque, writeWhiteout } from './unpack-whiteout.ts'
import { meaningOf, type WhiteoutStyle } from './whiteout.ts'

/** What one unpacking works on, and what it must tell whoever publishes the layer. */
export interface Unpacking {
  readonly folders: FolderCache
  readonly whiteouts: WhiteoutStyle
  readonly limits: UnpackLimits
  readonly rules: OwnerRules
  /** Folders' times are set at the very end: what is made in them changes theirs. By path; the last member wins. */
  readonly folderTimes: Map<string, bigint>
  /** Hard links to what only a lower layer may hold. */
  readonly missingLinks: MissingLink[]
  isRootOpaque: boolean
}

export interface MissingLink {
  /** Paths inside the layer, byte strings. */
  readonly path: string
  readonly target: string
}

/** A file that waits for its bytes. */
export interface OpenFile {
  readonly fd: number
  readonly place: Place
  readonly entry: TarEntry
}

const createFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
const inside = resolveFlags.beneath | resolveFlags.noSymlinks
const deviceBits = { 'character-device': 0o020000, 'block-device': 0o060000, fifo: 0o010000 } as const

/** Makes the member; for a file with content answers where its bytes go. */
export function makeEntry(to: Unpacking, entry: TarEntry): OpenFile | undefined {
  to.folders.settle()
  const components = memberPath(entry.name, to.limits)
  const meaning = to.whiteouts === 'none' ? ({ kind: 'member' } as const) : meaningOf(components)
  switch (meaning.kind) {
    case 'ignored':
      return undefined
    case 'opaque':
      makeOpaque(to, components.slice(0, -1))
      return undefined
    case 'whiteout':
      writeWhiteout(to.whiteouts, placeOf(to, [...components.slice(0, -1), meaning.target]))
      return undefined
    case 'member':
      return makeMember(to, entry, components)
  }
}

export function finishFile(to: Unpacking, file: OpenFile): void {
  closeSync(file.fd)
  applyAttributes(file.place, file.entry, to.rules)
}

function makeMember(to: Unpacking, entry: TarEntry, components: readonly string[]): OpenFile | undefined {
  if (entry.type === 'folder') {
    makeFolder(to, entry, components)
    return undefined
  }
  if (components.length === 0) throw invalid('layer-path-malformed', 'the layer holds a root that is not a folder')
  const place = placeOf(to, components)
  to.folderTimes.delete(components.join('/'))
  switch (entry.type) {
    case 'file':
      return makeFile(to, entry, place)
    case 'hard-link':
      makeHardLink(to, entry, components)
      return undefined
    case 'symlink':
      makeSymlink(to, entry, place)
      return undefined
    case 'fifo':
    case 'character-device':
    case 'block-device':
      makeNode(to, entry, place)
      return undefined
  }
}

function placeOf(to: Unpacking, components: readonly string[]): Place {
  return { fd: to.folders.open(components.slice(0, -1)), name: nativeName(components.at(-1) ?? '') }
}

function makeFile(to: Unpacking, entry: TarEntry, place: Place): OpenFile {
  const open = () => native().openat2(place.fd, place.name, { flags: createFlags, mode: 0o600, resolve: inside })
  return { fd: replacing(to, place, open), place, entry }
}

function makeSymlink(to: Unpacking, entry: TarEntry, place: Place): void {
  if (entry.linkName === '')
    throw invalid('layer-link-malformed', `the layer's link '${shownName(entry.name)}' leads nowhere`)
  const target = nativeName(entry.linkName)
  replacing(to, place, () => native().symlinkat(target, place.fd, place.name))
  applyAttributes(place, entry, to.rules)
}

function makeNode(to: Unpacking, entry: TarEntry, place: Place): void {
  if (entry.type !== 'fifo' && entry.type !== 'character-device' && entry.type !== 'block-device') return
  const node = { mode: deviceBits[entry.type] | 0o600, major: entry.major, minor: entry.minor }
  if (entry.type !== 'fifo' && (to.rules.isNested || isOverlayMark(node))) return skipNode(entry)
  try {
    replacing(to, place, () => native().mknodat(place.fd, place.name, node))
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error
    return skipNode(entry)
  }
  applyAttributes(place, entry, to.rules)
}

/** A device 0:0 would be read back as a whiteout. */
function isOverlayMark(node: { major: number; minor: number }): boolean {
  return node.major === 0 && node.minor === 0
}

function skipNode(entry: TarEntry): void {
  logDebug('device node left out', { name: shownName(entry.name), major: entry.major, minor: entry.minor })
}

function makeHardLink(to: Unpacking, entry: TarEntry, components: readonly string[]): void {
  const target = memberPath(entry.linkName, to.limits)
  if (target.length === 0 || target.join('/') === components.join('/')) {
    throw invalid('layer-link-malformed', `the layer's hard link '${shownName(entry.name)}' does not lead to a file`)
  }
  const from = placeIfThere(to, target)
  if (from === undefined) {
    to.missingLinks.push({ path: components.join('/'), target: target.join('/') })
    return
  }
  const stat = statAt(from)
  if (stat?.isDirectory()) {
    throw invalid('layer-link-malformed', `the layer's hard link '${shownName(entry.name)}' leads to a folder`)
  }
  const place = placeOf(to, components)
  replacing(to, place, () => native().linkat(from.fd, from.name, { dirFd: place.fd, name: place.name }))
}

function placeIfThere(to: Unpacking, components: readonly string[]): Place | undefined {
  const fd = to.folders.find(components.slice(0, -1))
  if (fd === undefined) return undefined
  const place = { fd, name: nativeName(components.at(-1) ?? '') }
  return statAt(place) === undefined || isWhiteout(place) ? undefined : place
}

function makeFolder(to: Unpacking, entry: TarEntry, components: readonly string[]): void {
  if (components.length === 0) {
    applyAttributes({ fd: to.folders.open([]), name: '.' }, entry, to.rules)
  } else {
    const place = placeOf(to, components)
    if (statAt(place)?.isDirectory() !== true) makeNewFolder(to, place)
    applyAttributes(place, entry, to.rules)
  }
  to.folderTimes.set(components.join('/'), entry.mtimeNs)
}

function makeNewFolder(to: Unpacking, place: Place): void {
  const hidesLower = isWhiteout(place)
  replacing(to, place, () => native().mkdirat(place.fd, place.name, 0o700))
  if (hidesLower) writeOpaque(to.whiteouts, place)
}

function makeOpaque(to: Unpacking, folder: readonly string[]): void {
  if (folder.length === 0) {
    to.isRootOpaque = true
    if (to.whiteouts === 'vfs') writeOpaque('vfs', { fd: to.folders.open([]), name: '.' })
    return
  }
  to.folders.open(folder)
  writeOpaque(to.whiteouts, placeOf(to, folder))
}

/** Runs `make`; when something of this layer stands there already, the later member wins. */
function replacing<T>(to: Unpacking, place: Place, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
  const stat = statAt(place)
  if (stat?.isDirectory() || stat?.isSymbolicLink()) to.folders.forget()
  if (stat?.isDirectory()) removeTree(`/proc/self/fd/${place.fd}/${place.name}`)
  else native().unlinkat(place.fd, place.name, false)
  return make()
}
