// A new layer of our own: its tar is written to a staged file while its digest is taken, and becomes a blob by being renamed.

import { createHash } from 'node:crypto'
import { ftruncateSync } from 'node:fs'
import type { Digest } from '../base/digest.ts'
import { newId } from '../base/ids.ts'
import { inTurns } from '../base/turns.ts'
import { youngGarbage } from '../base/young-garbage.ts'
import { writeSparsely } from '../os/sparse-file.ts'
import { type Layout, paths } from '../state/layout.ts'
import { openStaged } from '../state/staging.ts'
import { adoptBlob } from './blob-store.ts'

export interface StagedLayer extends Disposable {
  /** Of the blob, and the diff id: it is not compressed. */
  readonly digest: Digest
  readonly size: number
  /** Gives it its name among the blobs; the caller has pinned it. Not synced: publishing an image syncs the store. */
  publish(): void
}

/** Removed by disposing unless published. @throws what `chunks` throws; the signal's reason */
export async function stageLayer(
  at: Layout,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<StagedLayer> {
  using stack = new DisposableStack()
  const staged = stack.use(openStaged(() => paths.stagedFile(at, newId())))
  const hash = createHash('sha256')
  const passed = youngGarbage()
  let size = 0
  for await (const chunk of Symbol.asyncIterator in chunks ? chunks : inTurns(chunks, signal)) {
    hash.update(chunk)
    writeSparsely(staged.fd, chunk, size)
    size += chunk.length
    passed(chunk.length)
  }
  ftruncateSync(staged.fd, size)
  const digest = `sha256:${hash.digest('hex')}` as Digest
  const rest = stack.move()
  return { digest, size, publish: () => adoptBlob(at, staged.path, digest), [Symbol.dispose]: () => rest.dispose() }
}
