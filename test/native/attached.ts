// A client of the attach socket that keeps everything it gets, for tests to look at.

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { encodeFrame, frameTypes } from '../../src/runtime/frames.ts'
import { frameDecoder, stdinFrames } from './frames.ts'

export interface Exit {
  exitCode: number
  signal: number
  isOomKilled: boolean
  isTimedOut: boolean
  finishedAt: string
}

export interface Attached {
  readonly socket: Socket
  readonly stdout: () => string
  readonly stderr: () => string
  /** Bytes of output so far, for what is too long to keep. */
  readonly received: () => number
  /** Types of all frames but stdout and stderr, in order. */
  readonly controls: readonly number[]
  readonly error: () => string | undefined
  /** The exit frame. @throws when the connection ends without one */
  readonly exit: Promise<Exit>
  /** Resolves when the monitor closes the connection. */
  readonly closed: Promise<void>
  /** Resolves when stdout contains the text. */
  saw(text: string): Promise<void>
  send(type: number, payload?: Uint8Array): void
  write(bytes: string | Buffer): void
  endInput(): void
}

const keptBytes = 4 << 20

export function attached(socket: Socket): Attached {
  const kept: Record<1 | 2, Buffer[]> = { 1: [], 2: [] }
  const controls: number[] = []
  let received = 0
  let error: string | undefined
  const exit = Promise.withResolvers<Exit>()
  exit.promise.catch(() => undefined)
  const text = (stream: 1 | 2) => Buffer.concat(kept[stream]).toString('latin1')
  const decode = frameDecoder((type, payload) => {
    if (type !== 1 && type !== 2) controls.push(type)
    else received += payload.length
    if (type === 2 || (type === 1 && received <= keptBytes)) kept[type].push(Buffer.from(payload))
    if (type === frameTypes.exit) exit.resolve(JSON.parse(payload.toString()) as Exit)
    if (type === frameTypes.error) error = payload.toString()
  })
  socket.on('data', (chunk: Buffer) => {
    decode(chunk)
    socket.emit('decoded')
  })
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      exit.reject(new Error(`closed without exit: ${error ?? ''}`))
      resolve()
    })
  })
  socket.on('end', () => socket.destroy())
  return {
    socket,
    stdout: () => text(1),
    stderr: () => text(2),
    received: () => received,
    controls,
    error: () => error,
    exit: exit.promise,
    closed,
    async saw(wanted) {
      while (!text(1).includes(wanted))
        await Promise.race([once(socket, 'decoded'), closed.then(() => fail(wanted, text(1)))])
    },
    send: (type, payload) => socket.write(encodeFrame(type, payload)),
    write(bytes) {
      for (const piece of stdinFrames(Buffer.from(bytes))) socket.write(piece)
    },
    endInput: () => socket.write(encodeFrame(frameTypes.stdin)),
  }
}

function fail(wanted: string, seen: string): never {
  throw new Error(`never saw ${JSON.stringify(wanted)}, but ${JSON.stringify(seen.slice(-500))}`)
}
