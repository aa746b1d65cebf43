// The thread that unpacks layers: one job at a time, everything synchronous but zlib. Answers with the result or the error's
// facts; never dies of a bad layer.

import { closeSync, constants, createReadStream, openSync, readSync } from 'node:fs'
import { Readable } from 'node:stream'
import { parentPort, workerData } from 'node:worker_threads'
import { EngineError, type ErrorFacts } from '../base/errors.ts'
import { type LogLevel, setLogLevel } from '../base/log.ts'
import { youngGarbage } from '../base/young-garbage.ts'
import { type ArrivingBlob, beginningOfArriving, readArriving } from './arriving-blob.ts'
import { compressionOf, decompress } from './decompress.ts'
import { type UnpackRequest, type UnpackResult, unpackStream } from './unpack.ts'

export interface UnpackJob extends UnpackRequest {
  /** A path, or what is still being written. */
  readonly blob: string | ArrivingBlob
  /** Nonzero: stop at the next chunk. */
  readonly cancel: Int32Array
  /** Bytes of the blob read so far; written here, read by the other side whenever it likes. */
  readonly progress: Float64Array
}

export type UnpackAnswer =
  | { readonly status: 'done'; readonly result: UnpackResult }
  | { readonly status: 'failed'; readonly facts: ErrorFacts }
  /** Not the layer's fault. */
  | { readonly status: 'crashed'; readonly error: unknown }

export interface WorkerData {
  readonly logLevel: LogLevel
}

setLogLevel((workerData as WorkerData).logLevel)
parentPort?.on('message', (job: UnpackJob) => {
  void answer(job).then((message) => parentPort?.postMessage(message))
})

async function answer(job: UnpackJob): Promise<UnpackAnswer> {
  try {
    return { status: 'done', result: await unpackBlob(job) }
  } catch (error) {
    if (!(error instanceof EngineError)) return { status: 'crashed', error }
    const { kind, code, message, hint } = error
    return { status: 'failed', facts: { kind, code, message, ...(hint === undefined ? {} : { hint }) } }
  }
}

async function unpackBlob(job: UnpackJob): Promise<UnpackResult> {
  const blob = await openBlob(job.blob)
  const stream = decompress(blob.stream, compressionOf(blob.beginning))
  const passed = youngGarbage()
  return unpackStream(stream, job, (bytes) => {
    passed(bytes)
    job.progress[0] = blob.bytesRead()
    if (Atomics.load(job.cancel, 0) !== 0) throw canceled()
  })
}

interface OpenedBlob {
  readonly stream: Readable
  /** So far. */
  bytesRead(): number
  readonly beginning: Uint8Array
}

const magicBytes = 6

async function openBlob(blob: UnpackJob['blob']): Promise<OpenedBlob> {
  if (typeof blob === 'string') {
    const stream = createReadStream(blob, { highWaterMark: 256 * 1024 })
    return { stream, bytesRead: () => stream.bytesRead, beginning: beginningOf(blob) }
  }
  let bytesRead = 0
  const counted = async function* () {
    for await (const chunk of readArriving(blob)) {
      bytesRead += chunk.length
      yield chunk
    }
  }
  const beginning = await beginningOfArriving(blob, magicBytes)
  return { stream: Readable.from(counted(), { objectMode: false }), bytesRead: () => bytesRead, beginning }
}

function beginningOf(path: string): Uint8Array {
  const fd = openSync(path, constants.O_RDONLY)
  try {
    const bytes = Buffer.alloc(magicBytes)
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0))
  } finally {
    closeSync(fd)
  }
}

function canceled(): EngineError {
  return new EngineError({ kind: 'canceled', code: 'canceled', message: 'unpacking was canceled' })
}
