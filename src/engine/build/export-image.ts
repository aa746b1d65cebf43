// --output: what a build made, outside of the store: its files in a folder, or as a tar.

import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { errnoOf, errorMessage, invalid } from '../../base/errors.ts'
import { inTurns } from '../../base/turns.ts'
import { makeLastingFolders } from '../../os/make-folders.ts'
import { syncTogether } from '../../os/sync-together.ts'
import { copyTree } from '../../storage/copy-tree.ts'
import { packWhole } from '../../storage/pack-changes.ts'
import { readImage } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
import { pinImages } from '../image/pin-images.ts'
import { imageUnknown } from '../image/resolve.ts'
import { stackOf } from './stack.ts'
import { openWorkshop, setUpBench } from './workshop.ts'

export type ExportTarget =
  | { readonly kind: 'folder'; readonly path: string }
  /** A descriptor, which stays open. */
  | { readonly kind: 'tar'; readonly fd: number }

/** @throws not-found `image-unknown`; invalid `output-unwritable` */
export async function exportImage(engine: Engine, id: string, target: ExportTarget): Promise<void> {
  const record = readImage(engine.at, id)
  if (record === undefined) throw imageUnknown(id)
  using _pin = await pinImages(engine, [record])
  await using workshop = await openWorkshop(engine)
  const { merged } = setUpBench(engine, workshop, stackOf(record))
  if (target.kind === 'folder') {
    makeFolder(target.path)
    copyTree(merged, target.path)
    await syncTogether(target.path)
    return
  }
  using root = openFolder(merged)
  for await (const chunk of inTurns(packWhole(root.fd, { isLeftOut: () => false }), engine.signal)) {
    writeAll(target.fd, chunk)
  }
}

function openFolder(path: string) {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  return { fd, [Symbol.dispose]: () => closeSync(fd) }
}

function makeFolder(path: string): void {
  try {
    makeLastingFolders(path)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    throw invalid('output-unwritable', `--output: '${path}' cannot be made: ${errorMessage(error)}`)
  }
}

function writeAll(fd: number, chunk: Uint8Array): void {
  for (let done = 0; done < chunk.length; ) done += writeSync(fd, chunk, done)
}
