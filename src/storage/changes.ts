// What a container changed in its layers, in podman's words: A added, C changed, D deleted. The container may run and swap what is looked
// at: its side is read through descriptors, and no link is followed.

import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, readdirSync } from 'node:fs'
import { textOf } from '../image/tar-entry.ts'
import { opaqueName, type WhiteoutStyle, whiteoutPrefix } from '../image/whiteout.ts'
import { openEntry } from '../os/open-entry.ts'
import { findInLayers, isOpaqueFolder, listInLayers } from './lower-layers.ts'

export interface Change {
  readonly kind: 'A' | 'C' | 'D'
  /** Absolute; bytes that are no text as one char each. */
  readonly path: string
}

export interface ChangedTree {
  /** What the container wrote. */
  readonly folder: string
  /** It is all that the container has, and lacks what is gone. */
  readonly isWhole: boolean
  /** The diff folders that it is compared with, highest first. */
  readonly lowers: readonly string[]
  readonly style: WhiteoutStyle
}

/** Folders before what is in them, by name; a folder is named when something in it came or went, or when it itself is another. */
export function changesIn(tree: ChangedTree): Change[] {
  const walk: Walk = { tree, changes: [], named: new Set() }
  const fd = openSync(tree.folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    visitFolder(walk, fd, [])
  } finally {
    closeSync(fd)
  }
  return walk.changes
}

interface Walk {
  readonly tree: ChangedTree
  readonly changes: Change[]
  /** Paths that are in `changes`. */
  readonly named: Set<string>
}

function visitFolder(walk: Walk, fd: number, components: readonly string[]): void {
  const names = readdirSync(`/proc/self/fd/${fd}`, { encoding: 'latin1' })
  const { isWhole, lowers, style } = walk.tree
  const before = isWhole ? listInLayers(lowers, textsOf(components) ?? [], style) : []
  const bytes = before.map((name) => Buffer.from(name).toString('latin1'))
  for (const name of [...new Set([...names, ...bytes])].sort()) visit(walk, fd, [...components, name])
}

function visit(walk: Walk, parent: number, components: readonly string[]): void {
  const fd = openEntry(parent, components.at(-1) ?? '')
  if (fd === undefined) {
    if (walk.tree.isWhole) recordChange(walk, 'D', components)
    return
  }
  try {
    visitEntry(walk, fd, components)
  } finally {
    closeSync(fd)
  }
}

function visitEntry(walk: Walk, fd: number, components: readonly string[]): void {
  const stat = fstatSync(fd, { bigint: true })
  const deleted = walk.tree.isWhole ? [] : deletedBy(stat, components)
  if (deleted === undefined) return
  if (deleted.length > 0) return recordChange(walk, 'D', deleted)
  const kind = changeOf(walk.tree, components, { fd, stat })
  if (kind !== undefined) recordChange(walk, kind, components)
  if (stat.isDirectory()) visitFolder(walk, fd, components)
}

/** What a whiteout takes away: nothing for an ordinary entry; undefined for a mark that is no change of its own. */
export function deletedBy(stat: BigIntStats, components: readonly string[]): readonly string[] | undefined {
  if (stat.isCharacterDevice() && stat.rdev === 0n) return components
  const name = components.at(-1) ?? ''
  if (name === opaqueName) return undefined
  // Written by fuse-overlayfs where it may not make devices.
  if (name.startsWith(whiteoutPrefix)) return [...components.slice(0, -1), name.slice(whiteoutPrefix.length)]
  return []
}

interface Found {
  readonly fd: number
  readonly stat: BigIntStats
}

function changeOf(tree: ChangedTree, components: readonly string[], { fd, stat }: Found): Change['kind'] | undefined {
  const texts = textsOf(components)
  const lower = texts === undefined ? undefined : findInLayers(tree.lowers, texts, tree.style)
  if (lower === undefined) return 'A'
  const before = lstatSync(lower, { bigint: true })
  if (tree.isWhole) return isSame(before, stat) ? undefined : 'C'
  if (!stat.isDirectory() || isOpaqueFolder(`/proc/self/fd/${fd}/.`, tree.style)) return 'C'
  return isSame(before, stat) ? undefined : 'C'
}

/** As far as can be told without reading. */
export function isSame(one: BigIntStats, other: BigIntStats): boolean {
  const keys = ['mode', 'uid', 'gid', 'rdev', 'mtimeNs'] as const
  return keys.every((key) => one[key] === other[key]) && (one.isDirectory() || one.size === other.size)
}

/** With the folders above it, which it changed. */
export function recordChange(
  walk: Pick<Walk, 'changes' | 'named'>,
  kind: Change['kind'],
  components: readonly string[],
): void {
  if (kind !== 'C') for (let depth = 1; depth < components.length; depth++) add(walk, 'C', components.slice(0, depth))
  add(walk, kind, components)
}

function add(walk: Pick<Walk, 'changes' | 'named'>, kind: Change['kind'], components: readonly string[]): void {
  const bytes = `/${components.join('/')}`
  if (walk.named.has(bytes)) return
  walk.named.add(bytes)
  walk.changes.push({ kind, path: textOf(bytes) ?? bytes })
}

/** Undefined for names that are no text, which no layer of ours holds. */
function textsOf(components: readonly string[]): string[] | undefined {
  const texts = components.flatMap((name) => textOf(name) ?? [])
  return texts.length === components.length ? texts : undefined
}
