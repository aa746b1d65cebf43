// Where attached output goes: a descriptor of this process. Never loses a byte that it accepted, writes at the speed of a pipe,
// and never blocks the event loop on a slow reader, so that signals and detach keys still work.

import { fstatSync, write, writeSync, writev } from 'node:fs'
import { errnoOf } from '../base/errors.ts'

export interface OutputSink {
  /** Takes a view; the bytes must not be changed afterwards. False when the caller should pause until `onDrain`. */
  write(bytes: Buffer): boolean
  onDrain: () => void
  /** Resolves when all accepted bytes are written or the reader has gone. */
  finish(): Promise<void>
  /** True once nobody reads any more (EPIPE, a closed terminal). */
  readonly isClosed: boolean
}

const highWaterBytes = 1024 * 1024

/** Writes to a regular file at once (it never blocks for long), to anything else on a thread, one write under way at a time. */
export function outputSink(fd: number): OutputSink {
  return isRegularFile(fd) ? fileSink(fd) : streamSink(fd)
}

function isRegularFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile()
  } catch {
    return false
  }
}

function fileSink(fd: number): OutputSink {
  return {
    isClosed: false,
    onDrain: () => undefined,
    write(bytes) {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
      return true
    },
    finish: async () => Promise.resolve(),
  }
}

interface StreamState {
  readonly fd: number
  queue: Buffer[]
  queuedBytes: number
  isWriting: boolean
  isClosed: boolean
  onDrain: () => void
  onIdle: (() => void)[]
}

function streamSink(fd: number): OutputSink {
  const state: StreamState = {
    fd,
    queue: [],
    queuedBytes: 0,
    isWriting: false,
    isClosed: false,
    onDrain: () => undefined,
    onIdle: [],
  }
  return {
    get isClosed() {
      return state.isClosed
    },
    set onDrain(callback: () => void) {
      state.onDrain = callback
    },
    write(bytes) {
      if (state.isClosed) return true
      state.queue.push(bytes)
      state.queuedBytes += bytes.length
      if (!state.isWriting) pump(state)
      return state.queuedBytes < highWaterBytes
    },
    async finish() {
      if (state.isWriting) await new Promise<void>((resolve) => state.onIdle.push(resolve))
    },
  }
}

function pump(state: StreamState): void {
  const batch = state.queue
  state.queue = []
  if (batch.length === 0 || state.isClosed) return settle(state)
  state.isWriting = true
  const done = (error: Error | null, written: number) => afterWrite(state, batch, { error, written })
  if (batch.length === 1) write(state.fd, batch[0] as Buffer, done)
  else writev(state.fd, batch, done)
}

interface WriteOutcome {
  readonly error: Error | null
  readonly written: number
}

function afterWrite(state: StreamState, batch: Buffer[], outcome: WriteOutcome): void {
  if (outcome.error !== null) return afterFailure(state, batch, outcome.error)
  const rest = dropBytes(batch, outcome.written)
  const wasFull = state.queuedBytes >= highWaterBytes
  state.queuedBytes -= outcome.written
  state.queue = rest.length === 0 ? state.queue : [...rest, ...state.queue]
  if (wasFull && state.queuedBytes < highWaterBytes) state.onDrain()
  pump(state)
}

function afterFailure(state: StreamState, batch: Buffer[], error: Error): void {
  if (errnoOf(error) === 'EAGAIN') {
    // Somebody we share the descriptor with made it non-blocking, and a regular poll is not to be had for it: try again soon.
    state.queue = [...batch, ...state.queue]
    setTimeout(() => pump(state), 2)
    return
  }
  state.isClosed = true
  state.queue = []
  state.queuedBytes = 0
  state.onDrain()
  settle(state)
}

function settle(state: StreamState): void {
  state.isWriting = false
  for (const wake of state.onIdle.splice(0)) wake()
}

function dropBytes(batch: Buffer[], count: number): Buffer[] {
  let left = count
  const rest: Buffer[] = []
  for (const piece of batch) {
    if (left < piece.length) rest.push(piece.subarray(left))
    left = Math.max(0, left - piece.length)
  }
  return rest
}
