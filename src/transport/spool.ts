// Bytes that must be read twice, or in another order than they come in: kept in a file of the staging folder that has no name, so
// that nothing is left of it whenever its owner ends.

import { closeSync, openSync, read } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { newId } from '../base/ids.ts'
import { removeFile } from '../os/atomic-file.ts'
import { descriptorWriter } from '../os/descriptor-writer.ts'
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
    await pipeline([source, ...steps, descriptorWriter(fd)], { signal })
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

const readAt = promisify(read)
const chunkBytes = 1 << 18

/** What was spooled, from `offset` on; however the reader ends, the descriptor stays open. (A stream that is destroyed closes its own.) */
export async function* readSpooled(fd: number, offset: number): AsyncGenerator<Uint8Array> {
  for (let at = offset; ; ) {
    const { bytesRead, buffer } = await readAt(fd, Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
