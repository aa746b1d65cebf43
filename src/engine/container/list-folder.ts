// What a folder of a container holds, with its mounts, for whoever types a path inside.

import { fstatSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { resolveIn, type TreeView } from '../../os/tree-view.ts'
import type { Engine } from '../engine.ts'
import type { FolderEntry } from '../image/list-folder.ts'
import { openContainerView } from './container-view.ts'
import type { ContainerRef } from './stored-container.ts'

/** Of the entries that begin with `prefix`; none where there is no folder. @throws as openContainerView */
export async function listContainerFolder(
  engine: Engine,
  container: ContainerRef,
  wanted: { readonly folder: string; readonly prefix: string },
): Promise<FolderEntry[]> {
  await using opened = await openContainerView(engine, container)
  using folder = resolveIn(opened.view, byteString(wanted.folder))
  if (folder.status !== 'found' || !folder.isFolder) return []
  const prefix = byteString(wanted.prefix)
  return readdirSync(`/proc/self/fd/${folder.fd}`, { encoding: 'latin1' })
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ name: text(name), isFolder: isFolder(opened.view, posix.join('/', folder.path, name)) }))
}

function isFolder(view: TreeView, path: string): boolean {
  using found = resolveIn(view, path)
  return found.status === 'found' && fstatSync(found.fd).isDirectory()
}

function byteString(path: string): string {
  return Buffer.from(path).toString('latin1')
}

function text(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}
