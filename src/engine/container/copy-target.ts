// Where a copy goes: a folder that is there, and the name that the copied entry gets in it.

import { closeSync, constants, openSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, posix, resolve } from 'node:path'
import { absentAsUndefined, invalid } from '../../base/errors.ts'
import { openPath } from '../../os/open-entry.ts'
import { resolveIn, type TreeView } from '../../os/tree-view.ts'
import type { ContainerView } from './container-view.ts'
import { absolute, bytesOf, missing } from './copy-source.ts'

export interface CopyTarget extends Disposable {
  readonly view: TreeView
  /** Path in the view, without links. */
  readonly folder: string
  /** For the copied entry; its own unless said. A byte string. */
  readonly newName?: string
  /** Whether a folder may be copied there: it names a folder, or nothing yet. */
  readonly isFolder: boolean
}

export interface NamedTarget {
  readonly path: string
  /** The container, as the user called it. */
  readonly name: string
  /** A stream brings its own names: it wants a folder. */
  readonly isStream: boolean
}

/** @throws not-found `copy-path-missing`; invalid `copy-into-file` */
export function targetInContainer({ view, container }: ContainerView, target: NamedTarget): CopyTarget {
  const { path, name, isStream } = target
  using found = resolveIn(view, bytesOf(absolute(path, container.stored.spec.process.workdir)))
  const isFolder = found.status === 'found' && found.isFolder
  if (isStream && !isFolder) throw invalid('copy-into-file', 'destination must be a directory when copying from stdin')
  if (found.status === 'nowhere' || (found.status === 'absent' && path.endsWith('/'))) {
    throw missing(path, `on container ${name}`)
  }
  const nothing = { [Symbol.dispose]: () => undefined }
  if (isFolder) return { view, folder: found.path, isFolder, ...nothing }
  const place = { folder: posix.dirname(found.path).replace(/^\/$/, ''), newName: posix.basename(found.path) }
  return { view, ...place, isFolder: found.status === 'absent', ...nothing }
}

/** @throws not-found `copy-path-missing`; invalid `copy-target-odd` */
export function targetOnHost(path: string): CopyTarget {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat === undefined) return newOnHost(path)
  check(stat, resolve(path))
  if (stat.isDirectory()) return { ...viewOfFolder(path), folder: '', isFolder: true }
  if (path.endsWith('/')) throw missing(path, 'on the host')
  return { ...viewOfFolder(dirname(resolve(path))), folder: '', newName: bytesOf(basename(path)), isFolder: false }
}

function newOnHost(path: string): CopyTarget {
  const parent = dirname(resolve(path))
  const stat = path.endsWith('/') ? undefined : absentAsUndefined(() => statSync(parent))
  if (stat === undefined) throw missing(path, 'on the host')
  check(stat, parent)
  return { ...viewOfFolder(parent), folder: '', newName: bytesOf(basename(resolve(path))), isFolder: true }
}

function check(stat: Stats, path: string): void {
  if (stat.isDirectory() || stat.isFile()) return
  throw invalid('copy-target-odd', `invalid destination: ${JSON.stringify(path)} must be a directory or a regular file`)
}

/** The folder as if there were nothing above it: a link that the copy brings must not lead the rest of it elsewhere. */
function viewOfFolder(path: string): { readonly view: TreeView } & Disposable {
  const root = openSync(path, openPath | constants.O_DIRECTORY)
  return { view: { root, mounts: new Map() }, [Symbol.dispose]: () => closeSync(root) }
}
