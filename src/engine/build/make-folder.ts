// Folders of a root file system that a step wants: those that are there stay as they are, new ones get an owner.

import { closeSync, constants, openSync } from 'node:fs'
import { EngineError } from '../../base/errors.ts'
import type { Owner } from '../../image/pack-folder.ts'
import { native } from '../../os/native.ts'
import { resolveIn, type TreeView } from '../../os/tree-view.ts'

/** Byte string; answers the path without links, empty for the root. @throws invalid `copy-target-blocked` */
export function makeFolders(view: TreeView, path: string, owner: Owner): string {
  using found = resolveIn(view, path)
  if (found.status === 'found') {
    if (found.isFolder) return found.path
    throw blocked(path)
  }
  // Where a link leads to what is not there yet.
  if (found.status === 'absent') {
    const at = found.path.lastIndexOf('/')
    makeIn(view, found.path.slice(0, at), { name: found.path.slice(at + 1), owner })
    return found.path
  }
  const names = path.split('/').filter((name) => name !== '')
  const name = names.pop()
  if (name === undefined) throw blocked(path)
  const parent = makeFolders(view, `/${names.join('/')}`, owner)
  makeIn(view, parent, { name, owner })
  using made = resolveIn(view, path)
  if (made.status === 'found' && made.isFolder) return made.path
  // Its last name is that of a link to nowhere.
  throw blocked(path)
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
