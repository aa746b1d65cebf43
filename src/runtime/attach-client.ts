// One client of a monitor's attach socket: a loop of the addon on a thread (src/native/attach.h) between the socket and descriptors of
// this process. Loses no byte that the monitor sent before the exit frame, and ends in exactly one way.

import { closeSync, write, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { EngineError, errnoOf } from '../base/errors.ts'
import { native } from '../os/native.ts'
import { type ExitRecord, parseExitRecord } from './exit-record.ts'
import { encodeFrame, encodeSignal, encodeSubscribe, frameTypes, subscriptions } from './frames.ts'

/** Descriptors of this process; they stay open. */
export interface AttachStreams {
  readonly stdin?: number
  readonly stdout?: number
  readonly stderr?: number
  /** Bytes that detach when typed; only for a terminal, so that binary input stays binary. */
  readonly detachKeys: readonly number[]
  /** A pipe of signals for the container, as the addon's catchSignals makes one. */
  readonly signals?: number
  /** The terminal whose size the container's follows, by the SIGWINCH among `signals`. */
  readonly window?: number
}

export type AttachEnd =
  | { readonly status: 'exited'; readonly exit: ExitRecord }
  | { readonly status: 'detached' }
  /** Whoever read our output has gone. */
  | { readonly status: 'output-closed' }
  /** The monitor went away without an exit frame, or we left. */
  | { readonly status: 'lost'; readonly message: string }

export interface AttachClient {
  /** Never rejects; all output is written by then. */
  readonly ended: Promise<AttachEnd>
  signal(signal: number): void
  /** "I clean up after the exit": the monitor then waits for `cleaned` in place of running its exit command. */
  keep(): void
  /** After `ended`; resolves when the monitor has been told, or has gone. */
  cleaned(): Promise<void>
  /** Lets go of the socket. Idempotent. */
  leave(): void
}

export const noStreams: AttachStreams = { detachKeys: [] }

/** A connection that nothing is sent through yet, and where to get another. */
export interface AttachSocket {
  readonly fd: number
  readonly path: string
}

/** @throws unavailable `monitor-gone` when nobody listens */
export function connectAttach(path: string): AttachSocket {
  try {
    return { fd: native().connectUnix(path), path }
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ECONNREFUSED') throw error
    throw new EngineError({ kind: 'unavailable', code: 'monitor-gone', message: `nobody listens on '${path}'` })
  }
}

/** Takes over `socket`. Starts at once: subscribes to what `streams` can take, forwards stdin, and reads until the end. */
export function attachClient({ fd: socket, path }: AttachSocket, streams: AttachStreams): AttachClient {
  sendNow(socket, encodeSubscribe(subscriptionOf(streams)))
  const control = streams.stdin === undefined || streams.signals === undefined ? undefined : connectControl(path)
  const [commands, sender] = native().pipe()
  const running = native().attach({
    socket,
    control,
    commands,
    ...streams,
    detachKeys: Buffer.from(streams.detachKeys),
  })
  void running.then(() => {
    if (control !== undefined) closeSync(control)
  })
  let isLeft = false
  const command = (frame: Buffer) => {
    if (!isLeft) sendNow(sender, frame)
  }
  return {
    ended: running.then(({ status, text }) => endOf(status, text)),
    signal: (signal) => command(encodeSignal(signal)),
    keep: () => command(encodeFrame(frameTypes.keeper)),
    async cleaned() {
      const { unsent } = await running
      if (unsent.length > 0) await sendLater(socket, unsent)
      sendNow(socket, encodeFrame(frameTypes.cleaned))
    },
    leave() {
      if (isLeft) return
      isLeft = true
      closeSync(sender)
      void running.then(() => {
        closeSync(commands)
        closeSync(socket)
      })
    },
  }
}

/** Who sends input that the container does not read is not read either. */
function connectControl(path: string): number | undefined {
  try {
    const { fd } = connectAttach(path)
    sendNow(fd, encodeSubscribe(subscriptions.none))
    return fd
  } catch {
    // The monitor is ending: the client will learn how.
    return undefined
  }
}

function subscriptionOf(streams: AttachStreams): number {
  const out = streams.stdout === undefined ? subscriptions.none : subscriptions.stdout
  const err = streams.stderr === undefined ? subscriptions.none : subscriptions.stderr
  return out | err
}

function endOf(status: 'exited' | 'detached' | 'output-closed' | 'lost' | 'left', text: string): AttachEnd {
  switch (status) {
    case 'exited':
      return { status, exit: parseExitRecord(text) }
    case 'lost':
      return { status, message: text }
    case 'left':
      return { status: 'lost', message: 'the client left' }
    case 'detached':
    case 'output-closed':
      return { status }
  }
}

/** A few bytes, for which there is always room. Whoever does not read them any more has gone: `ended` tells of it. */
function sendNow(fd: number, frame: Buffer): void {
  try {
    writeSync(fd, frame)
  } catch (error) {
    if (errnoOf(error) !== 'EPIPE' && errnoOf(error) !== 'ECONNRESET') throw error
  }
}

/** What the monitor may not read for a while. */
async function sendLater(fd: number, bytes: Buffer): Promise<void> {
  try {
    for (let rest = bytes; rest.length > 0; ) rest = rest.subarray((await promisify(write)(fd, rest)).bytesWritten)
  } catch (error) {
    if (errnoOf(error) !== 'EPIPE' && errnoOf(error) !== 'ECONNRESET') throw error
  }
}
