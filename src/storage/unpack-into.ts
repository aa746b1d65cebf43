// One layer's blob into a folder, on another thread, with reports; the disk begins with it meanwhile.

import type { Digest } from '../base/digest.ts'
import type { Reporter } from '../base/report.ts'
import type { ArrivingBlob } from '../image/arriving-blob.ts'
import type { UnpackResult } from '../image/unpack.ts'
import { defaultLimits, type UnpackLimits } from '../image/unpack-limits.ts'
import type { WhiteoutStyle } from '../image/whiteout.ts'
import { syncTogether } from '../os/sync-together.ts'
import type { Layout } from '../state/layout.ts'
import type { LockPatience } from '../state/lock.ts'

export interface LayerRequest {
  readonly chainId: Digest
  readonly diffId: Digest
  /** Chain id of the layer below. */
  readonly parent?: Digest
  /** The layer's blob, compressed or not: a path. May still be arriving: it is whole and what its digest says when this resolves. */
  readonly source: string | Promise<string>
  /** The same blob, to be read as it comes; ours to close. Resolves as soon as it begins to come, to undefined where it need not. */
  readonly arriving?: Promise<ArrivingBlob | undefined>
  /** For progress reports. */
  readonly blob?: { readonly digest: Digest; readonly bytes: number }
}

export interface LayerContext {
  readonly whiteouts: WhiteoutStyle
  readonly limits?: UnpackLimits
  readonly patience: LockPatience
  readonly signal?: AbortSignal
  readonly report?: Reporter
}

export type LayerBuild = Omit<LayerRequest, 'source' | 'arriving'> & {
  readonly source: string | ArrivingBlob
  /** Resolves when all of the source is there and right. */
  readonly whole?: string | Promise<string>
}

/** Of a blob's bytes: how many are unpacked before the disk begins with what they became. */
const writeBackBytes = 16 << 20

export interface Unpacked {
  readonly result: UnpackResult
  /** The disk has some of it. Rejects with what the disk said: no later sync says it again. */
  readonly written: Promise<void>
}

export async function unpackInto(
  at: Layout,
  folder: string,
  { build, context }: { readonly build: LayerBuild; readonly context: LayerContext },
): Promise<Unpacked> {
  const { unpackInWorker } = await import('../image/unpack-pool.ts')
  const { diffId, source, whole } = build
  const { whiteouts, limits = defaultLimits, signal = context.patience.signal } = context
  const tell = teller(build, context)
  // While it comes, its coming is what is told of.
  let isComing = whole !== undefined
  const hasCome = () => {
    isComing = false
  }
  void Promise.resolve(whole).then(hasCome, hasCome)
  let [synced, written] = [0, Promise.resolve()]
  const onProgress = (bytes: number) => {
    if (!isComing) tell(bytes, 'unpacking')
    if (bytes - synced < writeBackBytes) return
    synced = bytes
    written = Promise.all([written, syncTogether(at.root)]).then(() => undefined)
    written.catch(() => undefined)
  }
  const request = { folder, whiteouts, limits, diffId, blob: source }
  const result = await unpackInWorker(request, { onProgress, ...(signal === undefined ? {} : { signal }) })
  tell(build.blob?.bytes ?? 0, 'done')
  return { result, written }
}

function teller(
  { blob }: LayerBuild,
  { report }: LayerContext,
): (doneBytes: number, status: 'unpacking' | 'done') => void {
  return (doneBytes, status) => {
    if (blob === undefined) return
    report?.({ type: 'blob-progress', digest: blob.digest, doneBytes, totalBytes: blob.bytes, status })
  }
}
