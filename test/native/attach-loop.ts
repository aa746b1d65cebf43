// Drives one attach loop (fixtures/attach.c): the test is its monitor, its terminal and its reader.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, createReadStream, mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { native } from '../../src/os/native.ts'
import { frameDecoder } from './frames.ts'
import { attachProgram, expectNoSanitizerReport, sanitizerEnvironment } from './programs.ts'

export const statuses = ['exited', 'detached', 'output-closed', 'lost', 'left'] as const

export interface LoopEnd {
  readonly status: (typeof statuses)[number] | undefined
  readonly text: string
  readonly unsent: number
}

export interface LoopOptions {
  /** Descriptors; a pipe of ours unless said. */
  readonly stdin?: number
  readonly stdout?: number
  readonly keys?: readonly number[]
  /** A further connection for signals. */
  readonly hasControl?: boolean
  /** In front of the plain program, instead of the sanitized one. */
  readonly wrapper?: readonly string[]
}

export interface Loop extends AsyncDisposable {
  /** The monitor's end of the socket. */
  readonly monitor: Socket
  readonly commands: Socket
  readonly signals: Socket
  /** The monitor's end. */
  readonly control: Socket
  /** Types into its standard input. */
  readonly keyboard: number
  /** Its standard output, and its standard error as well: one pipe. Nothing is read before somebody listens. */
  readonly reader: number
  readonly end: Promise<LoopEnd>
  /** Frames that came: type and payload, stdin's joined. */
  received(): { input: string; frames: [number, string][] }
  /** Resolves when `condition` holds for what came. */
  until(condition: () => boolean): Promise<void>
}

export async function attachLoop(options: LoopOptions = {}): Promise<Loop> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-attach-'))
  const [input, keyboard] = native().pipe()
  const [reader, output] = native().pipe()
  const out = options.stdout ?? output
  const program =
    options.wrapper === undefined ? [attachProgram('sanitized')] : [...options.wrapper, attachProgram('plain')]
  const [file, ...argv] = [
    ...program,
    '0',
    '1',
    '2',
    '-1',
    options.hasControl ? '7' : '-1',
    ...(options.keys ?? []).map(String),
  ] as [string, ...string[]]
  const child = spawn(file, argv, {
    stdio: [options.stdin ?? input, out, out, 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    env: { ...sanitizerEnvironment(folder), PATH: process.env['PATH'] },
  })
  closeSync(input)
  closeSync(output)
  const [, , , monitor, commands, signals, report, control] = child.stdio as unknown as Socket[]
  const frames: [number, string][] = []
  monitor?.on(
    'data',
    frameDecoder((type, payload) => frames.push([type, payload.toString('latin1')])),
  )
  monitor?.on('error', () => undefined)
  const end = textOf(report as Socket).then(parseEnd)
  return {
    monitor: monitor as Socket,
    commands: commands as Socket,
    signals: signals as Socket,
    control: control as Socket,
    ...{ keyboard, reader, end },
    received: () => ({
      input: frames.flatMap(([type, payload]) => (type === 0 ? [payload] : [])).join(''),
      frames: frames.filter(([type, payload]) => type !== 0 || payload === ''),
    }),
    async until(condition) {
      while (!condition()) await once(monitor as Socket, 'data')
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      for (const fd of [keyboard, reader]) closeQuietly(fd)
      expectNoSanitizerReport(folder)
      rmSync(folder, { recursive: true })
      await Promise.resolve()
    },
  }
}

/** All that comes out of the pipe; closes it. */
export async function drained(fd: number): Promise<string> {
  return textOf(createReadStream('', { fd, highWaterMark: 1 << 16 }))
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('latin1')
}

function parseEnd(report: string): LoopEnd {
  const [status, text = '', unsent] = Buffer.from(report, 'latin1').toString('utf8').split('\n')
  return { status: statuses[Number(status)], text, unsent: Number(unsent) }
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd)
  } catch {
    // The test has closed it.
  }
}
