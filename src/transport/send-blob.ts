// One blob from a source to a target.

import { createHash } from 'node:crypto'
import { digestAlgorithm, digestHex } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import type { Reporter } from '../base/report.ts'
import { youngGarbage } from '../base/young-garbage.ts'
import type { Descriptor } from '../image/descriptor.ts'
import type { ImageSource } from './image-source.ts'
import type { ImageTarget, OutgoingBlob } from './image-target.ts'
import { inSteps } from './in-steps.ts'

export interface BlobWay {
  readonly source: ImageSource
  readonly target: ImageTarget
  readonly report: Reporter
  readonly signal: AbortSignal
}

/** For all that are under way: their chunks would lie about until far more of them have come than the processor's cache holds. */
const passed = youngGarbage()

/** Nothing where the target has it. With `shown` its progress is told. @throws what source and target throw; corrupt `blob-damaged` */
export async function sendBlob(way: Omit<BlobWay, 'source'>, blob: OutgoingBlob, how?: 'shown'): Promise<void> {
  const tell = (doneBytes: number, status: 'exists' | 'transferring' | 'done') => {
    if (how !== 'shown') return
    way.report({ type: 'blob-progress', digest: blob.digest, doneBytes, totalBytes: blob.size, status })
  }
  if (await way.target.hasBlob(blob)) return tell(blob.size, 'exists')
  tell(0, 'transferring')
  const progress = inSteps((done) => {
    // A signal made of several is dear to ask.
    way.signal.throwIfAborted()
    tell(done, 'transferring')
  })
  let before = 0
  try {
    await way.target.putBlob(blob, (done) => {
      passed(done - before)
      before = done
      progress(done)
    })
  } catch (error) {
    // The receiver says that the digest is wrong: whose fault is it?
    if (error instanceof EngineError && error.kind === 'invalid') await readAll(verified(blob, blob.open(0)))
    throw error
  }
  tell(blob.size, 'done')
}

/** The source's, checked on the way where the target does not check it. */
export function outgoing(
  way: Pick<BlobWay, 'target'> & { readonly source: Pick<ImageSource, 'openBlob'> },
  blob: Descriptor,
): OutgoingBlob {
  const open = (offset: number) => way.source.openBlob(blob, offset)
  return { ...blob, open: way.target.isVerifying ? open : () => verified(blob, open(0)) }
}

/** @throws corrupt `blob-damaged` at its end, or where it is too long */
export async function* verified(blob: Descriptor, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash(digestAlgorithm(blob.digest))
  let size = 0
  for await (const chunk of content) {
    hash.update(chunk)
    size += chunk.length
    if (size > blob.size) break
    yield chunk
  }
  if (size === blob.size && hash.digest('hex') === digestHex(blob.digest)) return
  throw new EngineError({
    kind: 'corrupt',
    code: 'blob-damaged',
    message: `blob ${blob.digest} is damaged: its content has another digest`,
    hint: 'Pull or load the image again.',
  })
}

async function readAll(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of content);
}
