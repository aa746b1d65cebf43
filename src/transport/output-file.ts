// The one file that a command was asked to write: whole or not there, as whole-file.ts has it, unless a pipe, a device or a mount is at its path.

import { closeSync, fstatSync, open, realpathSync, statSync } from 'node:fs'
import { promisify } from 'node:util'
import { absentAsUndefined, EngineError, errnoOf } from '../base/errors.ts'
import { syncContent } from '../os/atomic-file.ts'
import { isMountPoint } from '../os/mounts.ts'
import { openWholeFile, type WholeFile } from './whole-file.ts'

/** What a link leads to is replaced, not the link. @throws denied `output-unwritable` */
export async function openOutputFile(path: string, mode?: number): Promise<WholeFile> {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat === undefined) return openWholeFile(path, mode)
  // /dev/stdout may be a file, which others write to as well.
  if (!stat.isFile() || path.startsWith('/dev/')) return openThrough(path)
  const real = realpathSync(path)
  // A mount is what nothing can be renamed onto.
  if (isMountPoint(real)) return openThrough(real)
  try {
    return openWholeFile(real, mode)
  } catch (error) {
    if (error instanceof EngineError && isFolderClosed(error.cause)) return openThrough(path)
    throw error
  }
}

/** The file may be ours to write where its folder takes no other. */
function isFolderClosed(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(errnoOf(error) ?? '')
}

/** Opened beside everything else: a pipe waits for its reader. */
async function openThrough(path: string): Promise<WholeFile> {
  const fd = await promisify(open)(path, 'w')
  return {
    fd,
    publish: async () => {
      if (fstatSync(fd).isFile()) await syncContent(fd)
    },
    [Symbol.dispose]: () => closeSync(fd),
  }
}
