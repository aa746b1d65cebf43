// WORKDIR's folder: whichever step first needs it makes it.

import { closeSync, constants, openSync } from 'node:fs'
import { posix } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import type { Owner } from '../../image/pack-folder.ts'
import { resolveUserIn } from '../container/resolve-user.ts'
import { makeFolders } from './make-folder.ts'

/** In a root file system, where it is not there, with the folders above it. They are `user`'s, or root's where the image does not know that one. */
export function makeWorkdir(merged: string, workdir: string, user: string | undefined): void {
  const root = openSync(merged, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const path = Buffer.from(posix.resolve('/', workdir)).toString('latin1')
    makeFolders({ root, mounts: new Map() }, path, ownerOf(merged, user))
  } finally {
    closeSync(root)
  }
}

function ownerOf(merged: string, user = ''): Owner {
  try {
    return resolveUserIn(merged, user)
  } catch (error) {
    // Whoever runs as such a user is told; a folder is no reason to fail.
    if (error instanceof EngineError && error.code === 'user-unknown') return { uid: 0, gid: 0 }
    throw error
  }
}
