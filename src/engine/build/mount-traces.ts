// What a step's tree holds only because something was mounted there while it ran: empty files and folders that the runtime made, and folders
// that nothing but their making changed. They are taken out of it.

import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import type { PackedEntry } from '../../image/pack-folder.ts'
import { textOf } from '../../image/tar-entry.ts'
import type { WhiteoutStyle } from '../../image/whiteout.ts'
import { findInLayers, isOpaqueFolder } from '../../storage/lower-layers.ts'
import { openRoot, pathInRoot } from '../container/root-folder.ts'

/** Where the places are once links inside the root are followed; all within it. While it is mounted. */
export function placesInside(merged: string, places: readonly string[]): string[] {
  using root = openRoot(merged)
  const top = pathInRoot(root, '/') ?? merged
  const found = places.flatMap((place) => pathInRoot(root, place) ?? [])
  return [...new Set(found.filter((path) => path.startsWith(`${top}/`)).map((path) => path.slice(top.length)))]
}

export interface TracedTree {
  /** Nobody has it mounted. */
  readonly upper: string
  /** Highest first. */
  readonly lowers: readonly string[]
  readonly style: WhiteoutStyle
}

/** `places`: as `placesInside` gives them. */
export function dropMountTraces(tree: TracedTree, places: readonly string[]): void {
  for (const place of places.toSorted().reverse()) {
    if (findIn(tree, place) === undefined) dropIfEmpty(join(tree.upper, place))
    dropUnchanged(tree, dirname(place))
  }
}

function dropIfEmpty(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return true
  if (stat.isDirectory() && namesIn(path).length === 0) rmdirSync(path)
  else if (stat.isFile() && stat.size === 0) unlinkSync(path)
  else return false
  return true
}

/** From the folder up: those that hold nothing, and are as below but for their time. */
function dropUnchanged(tree: TracedTree, folder: string): void {
  if (folder === '/' || folder === '.') return
  const path = join(tree.upper, folder)
  const own = absentAsUndefined(() => lstatSync(path))
  if (own !== undefined) {
    if (!own.isDirectory() || namesIn(path).length > 0 || isOpaqueFolder(path, tree.style)) return
    const below = findIn(tree, folder)
    const stat = below === undefined ? undefined : lstatSync(below)
    const isSame = stat === undefined || (stat.mode === own.mode && stat.uid === own.uid && stat.gid === own.gid)
    if (!isSame) return
    rmdirSync(path)
  }
  dropUnchanged(tree, dirname(folder))
}

function namesIn(path: string): string[] {
  return absentAsUndefined(() => readdirSync(path)) ?? []
}

function findIn({ lowers, style }: TracedTree, place: string): string | undefined {
  return findInLayers(lowers, place.split('/').slice(1), style)
}

/** For a tree that is packed while it is mounted. */
export function isMountTrace(
  places: readonly string[],
  { lowers, style }: Pick<TracedTree, 'lowers' | 'style'>,
): (entry: PackedEntry) => boolean {
  const known = new Set(places)
  return ({ name, fd, stat }) => {
    const path = textOf(name.slice(1)) ?? name.slice(1)
    if (!known.has(path) || findInLayers(lowers, path.split('/').slice(1), style) !== undefined) return false
    return stat.isDirectory() ? namesIn(`/proc/self/fd/${fd}`).length === 0 : stat.isFile() && stat.size === 0n
  }
}
