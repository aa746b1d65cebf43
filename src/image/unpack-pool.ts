// The threads that unpack layers in parallel: made on first use, kept for the next layer, never keeping the process alive.

import { availableParallelism } from 'node:os'
import { extname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { EngineError } from '../base/errors.ts'
import { logLevel } from '../base/log.ts'
import { native } from '../os/native.ts'
import type { UnpackRequest, UnpackResult } from './unpack.ts'
import type { UnpackAnswer, UnpackJob, WorkerData } from './unpack-worker.ts'

export type BlobUnpacking = UnpackRequest & Pick<UnpackJob, 'blob'>

export interface UnpackControl {
  readonly signal?: AbortSignal
  /** Bytes of the blob read so far, a few times a second. */
  readonly onProgress?: (bytes: number) => void
}

/** Threads cost memory (the limit is 200 MB for a whole pull), and zlib already runs beside each of them: two keep two processors busy. */
const maxWorkers = Math.min(3, Math.ceil(availableParallelism() / 2))
const progressMs = 200

const idle: Worker[] = []
const waiting: ((worker: Worker) => void)[] = []
let alive = 0
/** Of these, one that is at work is counted twice: then fewer wait. */
let reserved = 0

/** Starts a thread for what will surely have to be unpacked: it takes as long to be ready as a registry to answer. */
export function warmUp(): void {
  if (alive > 0) return
  const worker = startWorker()
  worker.unref()
  idle.push(worker)
}

/** A thread for a blob that is still arriving, until it is disposed; undefined where blobs that have arrived might wait for it. */
export function reserveWorker(): Disposable | undefined {
  const busy = alive - idle.length
  if (busy + reserved >= maxWorkers) return undefined
  reserved++
  return { [Symbol.dispose]: () => void reserved-- }
}

/** Unpacks the blob on another thread. Throws what `unpackStream` throws; canceled when the signal fires. */
export async function unpackInWorker(request: BlobUnpacking, control: UnpackControl): Promise<UnpackResult> {
  const worker = await takeWorker()
  worker.ref()
  const job: UnpackJob = {
    ...request,
    cancel: new Int32Array(new SharedArrayBuffer(4)),
    progress: new Float64Array(new SharedArrayBuffer(8)),
  }
  const cancel = () => Atomics.store(job.cancel, 0, 1)
  control.signal?.addEventListener('abort', cancel, { once: true })
  if (control.signal?.aborted) cancel()
  const ticker = setInterval(() => control.onProgress?.(job.progress[0] ?? 0), progressMs)
  try {
    const answer = await ask(worker, job)
    giveBack(worker)
    return resultOf(answer)
  } finally {
    clearInterval(ticker)
    control.signal?.removeEventListener('abort', cancel)
  }
}

function resultOf(answer: UnpackAnswer): UnpackResult {
  switch (answer.status) {
    case 'done':
      return answer.result
    case 'failed':
      throw new EngineError(answer.facts)
    case 'crashed':
      throw answer.error
  }
}

async function ask(worker: Worker, job: UnpackJob): Promise<UnpackAnswer> {
  return new Promise<UnpackAnswer>((resolve, reject) => {
    // Only our own: removeAllListeners takes those of Node too, and no further message would arrive.
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      act()
    }
    const onMessage = (answer: UnpackAnswer) => settle(() => resolve(answer))
    const onError = (error: unknown) => settle(() => failed(reject, error))
    const onExit = (code: number) => onError(new Error(`the unpacking thread ended with code ${code}`))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage(job)
  })
}

function failed(reject: (error: unknown) => void, error: unknown): void {
  alive--
  const next = waiting.shift()
  if (next !== undefined) next(startWorker())
  reject(error)
}

async function takeWorker(): Promise<Worker> {
  const worker = idle.pop()
  if (worker !== undefined) return worker
  if (alive < maxWorkers) return startWorker()
  return new Promise((resolve) => waiting.push(resolve))
}

function giveBack(worker: Worker): void {
  const next = waiting.shift()
  if (next !== undefined) return next(worker)
  worker.unref()
  idle.push(worker)
}

function startWorker(): Worker {
  alive++
  native().limitArenas(2)
  // The bundle's files lie side by side, under the names of their sources.
  const file = join(import.meta.dirname, `unpack-worker${extname(import.meta.filename)}`)
  // Descriptors from the addon are closed here and not by Node, which would warn of each.
  return new Worker(file, {
    trackUnmanagedFds: false,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
    workerData: { logLevel: logLevel() } satisfies WorkerData,
  })
}
