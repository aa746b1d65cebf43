// What a folder of an image holds, without mounting it: for whoever types a path inside. Links are followed inside the image.

import { lstatSync, readlinkSync } from 'node:fs'
import type { ImageRecord } from '../../image/record.ts'
import { findInLayers, listInLayers, lowerFolders } from '../../storage/lower-layers.ts'
import type { Engine } from '../engine.ts'

export interface FolderEntry {
  readonly name: string
  readonly isFolder: boolean
}

/** Of the entries that begin with `prefix`; none where there is no folder. */
export function listImageFolder(
  engine: Engine,
  image: ImageRecord,
  wanted: { readonly folder: string; readonly prefix: string },
): FolderEntry[] {
  const tree: Tree = {
    folders: lowerFolders(engine.at, image.layers.at(-1)?.chainId),
    style: engine.storage().whiteouts,
  }
  const folder = follow(tree, wanted.folder)
  if (folder === undefined) return []
  return listInLayers(tree.folders, folder, tree.style)
    .filter((name) => name.startsWith(wanted.prefix))
    .map((name) => ({ name, isFolder: isFolder(tree, `${folder.join('/')}/${name}`) }))
}

interface Tree {
  readonly folders: readonly string[]
  readonly style: Parameters<typeof findInLayers>[2]
}

const maxLinks = 40

/** Names from the image's root down, none of them a link; undefined where there is nothing. */
function follow({ folders, style }: Tree, path: string): string[] | undefined {
  const pending = path.split('/')
  let at: string[] = []
  let links = 0
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      at.pop()
      continue
    }
    const found = findInLayers(folders, [...at, name], style)
    if (found === undefined) return undefined
    if (!lstatSync(found).isSymbolicLink()) {
      at.push(name)
      continue
    }
    if (++links > maxLinks) return undefined
    const target = readlinkSync(found)
    if (target.startsWith('/')) at = []
    pending.unshift(...target.split('/'))
  }
  return at
}

function isFolder(tree: Tree, path: string): boolean {
  const names = follow(tree, path)
  const found = names === undefined ? undefined : findInLayers(tree.folders, names, tree.style)
  return found !== undefined && lstatSync(found).isDirectory()
}
