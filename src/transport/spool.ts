// Bytes that must be read twice, or in another order than they come in: kept in a file of the staging folder that has no name, so
// that nothing is left of it whenever its owner ends.

import { closeSync, createWriteStream, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { newId } from '../base/ids.ts'
import { removeFile } from '../os/atomic-file.ts'
import { type Layout, paths } from '../state/layout.ts'

/** The steps are a pipeline's, without its end. Answers a descriptor, open for reading, which is the caller's to close. */
export async function spool(
  at: Layout,
  [source, ...steps]: readonly [Readable, ...NodeJS.ReadWriteStream[]],
  signal: AbortSignal,
): Promise<number> {
  const path = paths.stagedFile(at, newId())
  const fd = openSync(path, 'wx+', 0o600)
  removeFile(path)
  try {
    await pipeline([source, ...steps, createWriteStream('', { fd, start: 0, autoClose: false })], { signal })
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}
