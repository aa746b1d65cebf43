// A blob that one thread writes to a file while another reads it already: how far the other may read is in memory that both see.

import { closeSync, fstatSync, openSync, read, statSync } from 'node:fs'
import { promisify } from 'node:util'
import { EngineError } from '../base/errors.ts'

export interface ArrivingBlob {
  /** Open for reading; the writer's file may get another name meanwhile. Threads share descriptors. */
  readonly fd: number
  readonly size: number
  /** One number: bytes that may be read, or `ended`. */
  readonly available: BigInt64Array
}

/** No more will come than has come. */
const ended = -1n

/** The writer's end. Disposing tells the reader that no more comes; the descriptor is closed by `closeArriving`. */
export interface Arrival extends Disposable {
  readonly blob: ArrivingBlob
  has(bytes: number): void
}

export function openArrival(path: string, size: number): Arrival {
  const available = new BigInt64Array(new SharedArrayBuffer(8))
  const tell = (bytes: bigint) => {
    Atomics.store(available, 0, bytes)
    Atomics.notify(available, 0)
  }
  let has = 0
  return {
    blob: { fd: openSync(path, 'r'), size, available },
    has(bytes) {
      has = bytes
      tell(BigInt(bytes))
    },
    [Symbol.dispose]() {
      if (has < size) tell(ended)
    },
  }
}

export function closeArriving({ fd }: ArrivingBlob): void {
  closeSync(fd)
}

/** Whether the file of that name is the very one that is, or was, read as it came: a blob may have been fetched anew. */
export function isArrivedAs({ fd }: ArrivingBlob, path: string): boolean {
  const [read, named] = [fstatSync(fd), statSync(path)]
  return read.dev === named.dev && read.ino === named.ino
}

const readAsync = promisify(read)
const chunkBytes = 256 * 1024

/** The reader's end: the whole blob, as it comes. @throws unavailable `blob-incomplete` when its writer has given up */
export async function* readArriving(blob: ArrivingBlob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; ) {
    const end = await availableBeyond(blob, at)
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, end - at))
    const { bytesRead } = await readAsync(blob.fd, buffer, 0, buffer.length, at)
    if (bytesRead === 0) throw incomplete()
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** Its first `length` bytes, or all of a shorter one. @throws as readArriving */
export async function beginningOfArriving(blob: ArrivingBlob, length: number): Promise<Uint8Array> {
  const wanted = Math.min(length, blob.size)
  if (wanted > 0) await availableBeyond(blob, wanted - 1)
  const { bytesRead, buffer } = await readAsync(blob.fd, Buffer.alloc(wanted), 0, wanted, 0)
  return buffer.subarray(0, bytesRead)
}

async function availableBeyond({ available }: ArrivingBlob, at: number): Promise<number> {
  for (;;) {
    const now = Atomics.load(available, 0)
    if (now === ended) throw incomplete()
    if (now > at) return Number(now)
    await Atomics.waitAsync(available, 0, now).value
  }
}

function incomplete(): EngineError {
  return new EngineError({ kind: 'unavailable', code: 'blob-incomplete', message: 'the blob did not arrive whole' })
}
