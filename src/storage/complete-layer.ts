// What a layer's archive leaves to the layers below it: folders that it uses without describing them get the attributes that
// they have there (a layer with only /tmp/x must not make /tmp 0755), hard links to a lower file get a copy of that file, as
// an overlay's copy-up would make it.

import { closeSync, constants, linkSync, lstatSync, openSync } from 'node:fs'
import type { Digest } from '../base/digest.ts'
import { invalid } from '../base/errors.ts'
import { shownName } from '../image/tar-entry.ts'
import type { UnpackResult } from '../image/unpack.ts'
import type { MissingLink } from '../image/unpack-entry.ts'
import { createFolderCache, type FolderCache } from '../image/unpack-folders.ts'
import { nativeName } from '../image/unpack-name.ts'
import type { WhiteoutStyle } from '../image/whiteout.ts'
import { removeTree } from '../os/remove-tree.ts'
import type { Layout } from '../state/layout.ts'
import { copyNode, copyOwnerAndMode, setTimes } from './copy-tree.ts'
import { findInLayers, lowerFolders } from './lower-layers.ts'

export interface Completion {
  /** The unpacked tree, not published yet. */
  readonly diff: string
  readonly parent: Digest | undefined
  readonly whiteouts: WhiteoutStyle
}

/** Whether `completeLayer` has something to do: not so for most layers. */
export function isIncomplete(unpacked: UnpackResult): boolean {
  return unpacked.missingLinks.length > 0 || unpacked.impliedFolders.length > 0
}

/** The layers below are published. @throws invalid `layer-link-malformed` */
export function completeLayer(at: Layout, layer: Completion, unpacked: UnpackResult): void {
  const lowers = unpacked.isRootOpaque ? [] : lowerFolders(at, layer.parent)
  const find = (path: string) => findInLayers(lowers, split(path).map(nativeName), layer.whiteouts)
  const implied = new Set(unpacked.impliedFolders)
  const rootFd = openSync(layer.diff, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    // The layer's own links are hostile here too: every path goes through the cache, none is joined and followed.
    using folders = createFolderCache(rootFd, (path) => implied.add(path))
    for (const link of unpacked.missingLinks) completeLink(folders, link, find)
    for (const folder of implied) completeFolder(folders, folder, find(folder))
  } finally {
    closeSync(rootFd)
  }
}

type Find = (path: string) => string | undefined

function completeFolder(folders: FolderCache, folder: string, lower: string | undefined): void {
  const wanted = lower === undefined ? undefined : lstatSync(lower, { bigint: true, throwIfNoEntry: false })
  if (wanted?.isDirectory() !== true) return
  const path = pathOf(folders, split(folder))
  const actual = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (actual?.isDirectory() !== true) return
  if (actual.mode === wanted.mode && actual.uid === wanted.uid && actual.gid === wanted.gid) return
  copyOwnerAndMode(path, wanted)
  setTimes(path, wanted)
}

function completeLink(folders: FolderCache, link: MissingLink, find: Find): void {
  folders.settle()
  const target = pathOf(folders, split(link.target))
  if (lstatSync(target, { throwIfNoEntry: false }) === undefined) copyNode(lowerFile(link, find), target)
  const path = pathOf(folders, split(link.path))
  removeTree(path)
  // The target's descriptor may have been evicted while the link's folders were made.
  linkSync(pathOf(folders, split(link.target)), path)
}

function lowerFile(link: MissingLink, find: Find): string {
  const lower = find(link.target)
  if (lower !== undefined && !lstatSync(lower).isDirectory()) return lower
  throw invalid(
    'layer-link-malformed',
    `the layer's hard link '${shownName(link.path)}' leads to '${shownName(link.target)}', which is not there`,
  )
}

/** Its parents exist afterwards. */
function pathOf(folders: FolderCache, components: readonly string[]): string {
  return `/proc/self/fd/${folders.open(components.slice(0, -1))}/${nativeName(components.at(-1) ?? '.')}`
}

function split(path: string): string[] {
  return path === '' ? [] : path.split('/')
}
