// A folder for work that ends with its process. It lies in trash/ from its first instant, locked as a deletion under way is: whoever sweeps there
// takes away what a killed process left.

import { closeSync, constants, openSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import { makeFolders } from '../os/make-folders.ts'
import { lockFlags, native } from '../os/native.ts'
import { removeTree } from '../os/remove-tree.ts'
import { type Layout, paths } from './layout.ts'
import { isSameFile } from './lock.ts'

export interface TemporaryFolder extends Disposable {
  readonly path: string
}

/** New and empty, ours until disposed: then it is removed with all that is in it. */
export function openTemporaryFolder(at: Layout, prefix: string): TemporaryFolder {
  for (;;) {
    const path = join(paths.trash(at), `${prefix}.${randomHex(8)}`)
    makeFolders(path, 0o700)
    const fd = absentAsUndefined(() => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY))
    if (fd === undefined) continue
    native().flock(fd, lockFlags.exclusive)
    // A sweep may have come before the lock.
    if (isSameFile(fd, path)) return { path, [Symbol.dispose]: () => discard(path, fd) }
    closeSync(fd)
  }
}

function discard(path: string, fd: number): void {
  try {
    removeTree(path)
  } finally {
    closeSync(fd)
  }
}
