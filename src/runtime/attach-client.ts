// One client of a monitor's attach socket: frames to descriptors and back. Loses no byte that the monitor sent before the exit
// frame, pauses the socket when a reader is slow, and ends in exactly one way.

import { closeSync, constants, openSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { basename, dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { EngineError, errnoOf } from '../base/errors.ts'
import { detachScanner } from './detach-keys.ts'
import { type ExitRecord, parseExitRecord } from './exit-record.ts'
import {
  encodeFrame,
  encodeResize,
  encodeSignal,
  encodeSubscribe,
  frameDecoder,
  frameTypes,
  stdinFrames,
  subscriptions,
} from './frames.ts'
import type { OutputSink } from './output-sink.ts'

export interface AttachStreams {
  readonly stdin?: Readable
  /** Bytes that detach when typed; only for a terminal, so that binary input stays binary. */
  readonly detachKeys: readonly number[]
  readonly stdout?: OutputSink
  readonly stderr?: OutputSink
}

export type AttachEnd =
  | { readonly status: 'exited'; readonly exit: ExitRecord }
  | { readonly status: 'detached' }
  /** Whoever read our output has gone. */
  | { readonly status: 'output-closed' }
  /** The monitor went away without an exit frame. */
  | { readonly status: 'lost'; readonly message: string }

export interface AttachClient {
  /** Never rejects; all output is written by then. */
  readonly ended: Promise<AttachEnd>
  signal(signal: number): void
  resize(size: { rows: number; columns: number }): void
  /** "I clean up after the exit": the monitor then waits for `cleaned` in place of running its exit command. */
  keep(): void
  /** After `ended`; resolves when the monitor has been told, or has gone. */
  cleaned(): Promise<void>
  /** Lets go of the socket. Idempotent. */
  leave(): void
}

export const noStreams: AttachStreams = { detachKeys: [] }

/** @throws unavailable `monitor-gone` when nobody listens */
export async function connectAttach(path: string): Promise<Socket> {
  // A socket's address holds 107 bytes: longer paths go through a descriptor of their folder.
  const folder = path.length > 100 ? openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY) : undefined
  const address = folder === undefined ? path : `/proc/self/fd/${folder}/${basename(path)}`
  try {
    return await connected(createConnection({ path: address, allowHalfOpen: true }))
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ECONNREFUSED') throw error
    throw new EngineError({ kind: 'unavailable', code: 'monitor-gone', message: `nobody listens on '${path}'` })
  } finally {
    if (folder !== undefined) closeSync(folder)
  }
}

async function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** Starts at once: subscribes to what `streams` can take, forwards stdin, and reads until the end. */
export function attachClient(socket: Socket, streams: AttachStreams): AttachClient {
  const { promise: ended, resolve } = Promise.withResolvers<AttachEnd>()
  socket.write(encodeSubscribe(subscriptionOf(streams)))
  const stopInput = streams.stdin === undefined ? () => undefined : forwardInput(socket, streams, resolve)
  receive(socket, streams, resolve)
  const settled = ended.then(async (end) => {
    stopInput()
    await Promise.all([streams.stdout?.finish(), streams.stderr?.finish()])
    return end
  })
  const send = (frame: Buffer) => {
    if (socket.writable) socket.write(frame)
  }
  return {
    ended: settled,
    signal: (signal) => send(encodeSignal(signal)),
    resize: (size) => send(encodeResize(size)),
    keep: () => send(encodeFrame(frameTypes.keeper)),
    cleaned: async () => finishWith(socket, encodeFrame(frameTypes.cleaned)),
    leave: () => socket.destroy(),
  }
}

function subscriptionOf(streams: AttachStreams): number {
  const out = streams.stdout === undefined ? subscriptions.none : subscriptions.stdout
  const err = streams.stderr === undefined ? subscriptions.none : subscriptions.stderr
  return out | err
}

type End = (end: AttachEnd) => void

function receive(socket: Socket, streams: AttachStreams, end: End): void {
  const sinks = { 1: streams.stdout, 2: streams.stderr }
  const resume = () => socket.resume()
  for (const sink of Object.values(sinks)) if (sink !== undefined) sink.onDrain = resume
  const decode = frameDecoder({
    onOutput(stream, bytes) {
      const sink = sinks[stream]
      if (sink === undefined) return
      if (!sink.write(bytes)) socket.pause()
      if (sink.isClosed) end({ status: 'output-closed' })
    },
    onControl(type, payload) {
      if (type === frameTypes.exit) end({ status: 'exited', exit: parseExitRecord(payload.toString('utf8')) })
      if (type === frameTypes.error) end({ status: 'lost', message: payload.toString('utf8') })
    },
  })
  socket.on('data', (chunk: Buffer) => {
    try {
      decode(chunk)
    } catch (error) {
      end({ status: 'lost', message: (error as Error).message })
      socket.destroy()
    }
  })
  socket.resume()
  const gone = () => end({ status: 'lost', message: 'the container’s monitor went away' })
  socket.on('error', gone)
  socket.on('end', gone)
  socket.on('close', gone)
}

/** Returns a function that stops reading. */
function forwardInput(socket: Socket, streams: AttachStreams, end: End): () => void {
  const input = streams.stdin as Readable
  const scan = detachScanner(streams.detachKeys)
  const onData = (chunk: Buffer) => {
    const typed = scan(chunk)
    if (typed.forward.length > 0 && !writeAll(socket, stdinFrames(typed.forward))) {
      input.pause()
      socket.once('drain', () => input.resume())
    }
    if (typed.isDetach) end({ status: 'detached' })
  }
  const isTerminal = 'isTTY' in input && input.isTTY === true
  const onEnd = () => {
    // A terminal that was closed reads as its end or as EIO: whoever sat there has gone, and may come back.
    if (isTerminal) end({ status: 'detached' })
    else if (socket.writable) socket.write(encodeFrame(frameTypes.stdin))
  }
  input.on('data', onData)
  input.once('end', onEnd)
  input.once('error', onEnd)
  return () => {
    input.off('data', onData)
    input.pause()
  }
}

function writeAll(socket: Socket, frames: Buffer[]): boolean {
  if (!socket.writable) return true
  socket.cork()
  let isRoomy = true
  for (const frame of frames) isRoomy = socket.write(frame)
  socket.uncork()
  return isRoomy
}

async function finishWith(socket: Socket, frame: Buffer): Promise<void> {
  if (!socket.writable) return
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
    socket.end(frame, () => resolve())
  })
  socket.destroy()
}
