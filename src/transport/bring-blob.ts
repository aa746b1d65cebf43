// One blob from a source into the store, with progress. What the store already has is taken over only if an image vouches for it or
// its bytes are read again: a blob of a pull that a power cut ended may be there by name and not by content.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { defined } from '../base/defined.ts'
import { type Digest, digestAlgorithm, digestHex } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import { logDebug } from '../base/log.ts'
import type { Reporter } from '../base/report.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { type Layout, paths } from '../state/layout.ts'
import { assembleBlob } from './assemble-blob.ts'
import { blobSize, isBlobIntact, type StageOptions, stageBlob } from './blob-store.ts'
import { listImages } from './image-records.ts'
import type { ImageSource } from './image-source.ts'
import { inSteps } from './in-steps.ts'

export interface BringContext {
  readonly at: Layout
  readonly report: Reporter
  readonly signal: AbortSignal
}

/** Idempotent; atomic. `onArriving`: as of StageOptions, once. @throws corrupt; what the source throws; the signal's reason */
export async function bringBlob(
  context: BringContext,
  source: ImageSource,
  { blob, onArriving }: { readonly blob: Descriptor } & Pick<StageOptions, 'onArriving'>,
): Promise<void> {
  const tell = (doneBytes: number, status: 'exists' | 'transferring' | 'unpacking') =>
    context.report({ type: 'blob-progress', digest: blob.digest, doneBytes, totalBytes: blob.size, status })
  if (await hasGoodBlob(context.at, blob)) return tell(blob.size, 'exists')
  tell(0, 'transferring')
  await stageFrom(context, source, {
    blob,
    ...defined({ onArriving }),
    onProgress: inSteps((done) => tell(done, 'transferring')),
  })
  tell(blob.size, 'unpacking')
}

/** What others have begun, or the store's own parts of it were taken for, may turn out to be something else: then the whole is fetched. */
async function stageFrom(
  { at, signal }: BringContext,
  source: ImageSource,
  { blob, onProgress, onArriving }: { blob: Descriptor } & Pick<StageOptions, 'onProgress' | 'onArriving'>,
): Promise<void> {
  const whole = (offset: number) => source.openBlob(blob, offset)
  const assembled = await assembleBlob(at, source, blob)
  const isFetchedWhole = assembled === undefined && !existsSync(paths.blobPart(at, blob.digest))
  try {
    await stageBlob(at, blob, { open: assembled ?? whole, signal, ...defined({ onProgress, onArriving }) })
  } catch (error) {
    if (isFetchedWhole || !(error instanceof EngineError) || error.kind !== 'corrupt') throw error
    logDebug(`blob ${blob.digest} is fetched whole`, { reason: error.message })
    await stageBlob(at, blob, { open: whole, signal, ...defined({ onProgress }) })
  }
}

/** A small blob in memory, verified. @throws corrupt `blob-too-large`, `blob-digest-mismatch` */
export async function readSmallFrom(
  source: Pick<ImageSource, 'openBlob'>,
  blob: Descriptor,
  maxBytes: number,
): Promise<Buffer> {
  const limit = Math.min(blob.size, maxBytes)
  if (blob.size > maxBytes)
    throw corrupt('blob-too-large', `blob ${blob.digest} has ${blob.size} bytes, more than ${maxBytes}`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of source.openBlob(blob, 0)) {
    size += chunk.length
    if (size > limit)
      throw corrupt('blob-size-mismatch', `blob ${blob.digest} is longer than the ${blob.size} bytes promised`)
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  const actual = createHash(digestAlgorithm(blob.digest)).update(bytes).digest('hex')
  if (actual === digestHex(blob.digest)) return bytes
  throw corrupt('blob-digest-mismatch', `blob ${blob.digest} is damaged: what came has another digest`)
}

async function hasGoodBlob(at: Layout, blob: Descriptor): Promise<boolean> {
  const size = blobSize(at, blob.digest)
  if (size === undefined) return false
  return size === blob.size && (isVouchedFor(at, blob.digest) || (await isBlobIntact(at, blob.digest)))
}

function isVouchedFor(at: Layout, digest: Digest): boolean {
  return listImages(at).some((image) => image.layers.some((layer) => layer.blob === digest))
}

function corrupt(code: string, message: string): EngineError {
  return new EngineError({ kind: 'corrupt', code, message })
}
