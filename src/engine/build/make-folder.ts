// Folders of a root file system that a step wants: those that are there stay as they are, new ones get an owner.

import { closeSync, constants, openSync, readlinkSync } from 'node:fs'
import { EngineError, errnoOf } from '../../base/errors.ts'
import type { Owner } from '../../image/pack-folder.ts'
import { native } from '../../os/native.ts'
import { resolveIn, type TreeView } from '../../os/tree-view.ts'

/**
 * Byte string; answers the path without links, empty for the root. Where a link leads to nothing that is made, inside the tree.
 * @throws invalid `copy-target-blocked`
 */
export function makeFolders(view: TreeView, path: string, owner: Owner): string {
  return makeAll({ view, owner, asked: path, links: 0 }, path)
}

interface Making {
  readonly view: TreeView
  readonly owner: Owner
  /** For the error. */
  readonly asked: string
  links: number
}

const maxLinks = 40

function makeAll(making: Making, path: string): string {
  const { view, owner, asked } = making
  const found = lookUp(view, path)
  if (found.status === 'folder') return found.path
  if (found.status === 'absent') return makeAt(view, found.path, owner)
  const names = path.split('/').filter((name) => name !== '')
  const name = names.pop()
  if (found.status === 'other' || name === undefined) throw blocked(asked)
  const parent = makeAll(making, `/${names.join('/')}`)
  const again = lookUp(view, `${parent}/${name}`)
  if (again.status === 'folder') return again.path
  if (again.status === 'absent') return makeAt(view, again.path, owner)
  // A link that leads through what is not there, or in a circle.
  const target = again.status === 'nowhere' ? linkIn(view, parent, name) : undefined
  making.links += 1
  if (target === undefined || making.links > maxLinks) throw blocked(asked)
  return makeAll(making, target.startsWith('/') ? target : `${parent}/${target}`)
}

/** Undefined where it is none. */
function linkIn(view: TreeView, parent: string, name: string): string | undefined {
  using folder = resolveIn(view, parent)
  if (folder.status !== 'found') return undefined
  try {
    return readlinkSync(Buffer.from(`/proc/self/fd/${folder.fd}/${name}`, 'latin1'), { encoding: 'latin1' })
  } catch (error) {
    if (errnoOf(error) === 'EINVAL' || errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

interface LookedUp {
  readonly status: 'folder' | 'other' | 'absent' | 'nowhere'
  readonly path: string
}

function lookUp(view: TreeView, path: string): LookedUp {
  using found = resolveIn(view, path)
  if (found.status === 'found') return { status: found.isFolder ? 'folder' : 'other', path: found.path }
  return found.status === 'absent' ? { status: 'absent', path: found.path } : { status: 'nowhere', path }
}

/** In a folder that is there. */
function makeAt(view: TreeView, path: string, owner: Owner): string {
  const cut = path.lastIndexOf('/')
  makeIn(view, path.slice(0, cut), { name: path.slice(cut + 1), owner })
  const made = lookUp(view, path)
  if (made.status !== 'folder') throw blocked(path)
  return made.path
}

function makeIn(view: TreeView, parent: string, { name, owner }: { name: string; owner: Owner }): void {
  using folder = resolveIn(view, parent)
  if (folder.status !== 'found') throw blocked(parent)
  const fd = openSync(`/proc/self/fd/${folder.fd}`, constants.O_RDONLY | constants.O_DIRECTORY)
  const bytes = Buffer.from(name, 'latin1')
  try {
    native().mkdirat(fd, bytes, 0o755)
    native().fchmodat(fd, bytes, 0o755)
    if (owner.uid !== 0 || owner.gid !== 0) native().fchownat(fd, bytes, owner)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(fd)
  }
}

function blocked(path: string): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'copy-target-blocked',
    message: `'${Buffer.from(path, 'latin1').toString()}' of the image is not a folder`,
  })
}
