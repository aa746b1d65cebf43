// Folders that the configuration speaks of, WORKDIR's and VOLUME's: whichever step first needs them makes them.

import { closeSync, constants, openSync } from 'node:fs'
import { posix } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import type { Owner } from '../../image/pack-folder.ts'
import { resolveUserIn } from '../container/resolve-user.ts'
import { workdirOf } from './configure.ts'
import type { DraftConfig } from './image-draft.ts'
import { makeFolders } from './make-folder.ts'

/**
 * In a root file system, where they are not there, with the folders above them. WORKDIR's is `user`'s, or root's where the image does not know
 * that one. @throws as makeFolders
 */
export function makeConfigFolders(merged: string, config: DraftConfig, user: string | undefined): void {
  const root = openSync(merged, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    const make = (path: string, owner: Owner) =>
      makeFolders({ root, mounts: new Map() }, Buffer.from(posix.resolve('/', path)).toString('latin1'), owner)
    for (const path of Object.keys(config.Volumes ?? {})) make(path, { uid: 0, gid: 0 })
    make(workdirOf(config), ownerOf(merged, user))
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
