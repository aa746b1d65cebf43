// Running a program to its end and keeping what it said. `runProcess` is for the hot paths and loads nothing; `execute` is the adapter of
// execa, which costs 20 ms when first used, for programs that others wrote.

import { closeSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { EngineError, errnoOf } from '../base/errors.ts'
import { trace } from '../base/log.ts'
import { type ChildEnd, native } from './native.ts'
import { nothing, plainEnvironment, type SpawnedProcess, spawnProcess } from './spawn.ts'

export interface RunOptions {
  readonly input?: string | Uint8Array
  /** The whole environment; what spawnProcess passes on unless said. */
  readonly environment?: Readonly<Record<string, string>>
  readonly workingFolder?: string
  /** Ends the program with SIGTERM. */
  readonly signal?: AbortSignal
  /** Bytes kept of each stream; 16 MiB unless said. A program that says more is killed. */
  readonly maxBytes?: number
  /** `latin1` where what it says is bytes, one a character. */
  readonly encoding?: 'utf8' | 'latin1'
}

export interface RunOutcome {
  /** 128 + signal for a killed program. */
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const defaultMaxBytes = 16 << 20

/**
 * Whatever the exit code.
 * @throws not-found `program-not-found`; denied `program-not-executable`; invalid `program-output-too-long`; canceled
 */
export async function runProcess(file: string, argv: readonly string[], options: RunOptions = {}): Promise<RunOutcome> {
  const child = startPiped(file, argv, options)
  const { exitCode, outputs, isTooLong } = await endOf(child, options)
  if (options.signal?.aborted) throw canceled(file)
  if (isTooLong) throw tooLong(file)
  const [stdout = '', stderr = ''] = outputs.map((output) => output.toString(options.encoding ?? 'utf8'))
  return { exitCode, stdout, stderr }
}

interface PipedProcess extends SpawnedProcess {
  readonly input?: number
  readonly outputs: readonly number[]
}

function startPiped(file: string, argv: readonly string[], options: RunOptions): PipedProcess {
  const { input, environment, workingFolder } = options
  const feed = input === undefined ? undefined : native().pipe()
  const [stdout, stderr] = [native().pipe(), native().pipe()]
  const ours = [...(feed === undefined ? [] : [feed[1]]), stdout[0], stderr[0]]
  const theirs = [...(feed === undefined ? [] : [feed[0]]), stdout[1], stderr[1]]
  try {
    const fds = [feed?.[0] ?? nothing, stdout[1], stderr[1]]
    const child = spawnProcess(file, argv, { fds, environment, workingFolder })
    return { ...child, outputs: [stdout[0], stderr[0]], ...(feed === undefined ? {} : { input: feed[1] }) }
  } catch (error) {
    for (const fd of ours) closeSync(fd)
    throw notStarted(file, error)
  } finally {
    for (const fd of theirs) closeSync(fd)
  }
}

async function endOf(child: PipedProcess, options: RunOptions): Promise<ChildEnd> {
  const { input = '', signal, maxBytes = defaultMaxBytes } = options
  const [signals, sender] = native().pipe()
  const kill = () => void writeSync(sender, Buffer.of(constants.signals.SIGTERM))
  signal?.addEventListener('abort', kill, { once: true })
  if (signal?.aborted) kill()
  const feed = child.input === undefined ? {} : { input: { fd: child.input, bytes: Buffer.from(input) } }
  try {
    return await child.end({ signals, outputs: child.outputs, maxBytes, ...feed })
  } finally {
    signal?.removeEventListener('abort', kill)
    closeSync(signals)
    closeSync(sender)
  }
}

/**
 * What the program wrote to its standard output, if it ended well.
 * @throws unavailable `program-failed` with the first line of its stderr; not-found `program-not-found`; denied
 * `program-not-executable`; invalid `program-output-too-long`; canceled
 */
export async function execute(file: string, argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { execa } = await import('execa')
  const { input, environment = plainEnvironment(), workingFolder: cwd, maxBytes: maxBuffer = defaultMaxBytes } = options
  const result = await execa(file, argv, {
    reject: false,
    extendEnv: false,
    stripFinalNewline: false,
    env: { ...environment },
    maxBuffer,
    input: input ?? '',
    ...(cwd === undefined ? {} : { cwd }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  })
  trace('exec', `${file} ended`, { argv, code: result.exitCode, durationMs: Math.round(result.durationMs) })
  if (!result.failed) return result.stdout
  throw failureOf(file, result)
}

interface Failure {
  readonly isCanceled: boolean
  readonly isMaxBuffer: boolean
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly stderr: string
  readonly cause?: unknown
}

function failureOf(file: string, result: Failure): EngineError {
  if (result.isCanceled) return canceled(file)
  if (result.isMaxBuffer) return tooLong(file)
  if (result.exitCode === undefined && result.signal === undefined) return notStarted(file, result.cause)
  return failed(file, result.signal ?? `exit code ${result.exitCode}`, result.stderr)
}

function notStarted(file: string, cause: unknown): EngineError {
  const errno = errnoOf(cause)
  if (errno === 'ENOENT') {
    return new EngineError({ kind: 'not-found', code: 'program-not-found', message: `no program '${file}'`, cause })
  }
  return new EngineError({
    kind: 'denied',
    code: 'program-not-executable',
    message: `'${file}' cannot be executed: ${errno ?? String(cause)}`,
    cause,
  })
}

function failed(file: string, how: string, stderr: string): EngineError {
  const said = stderr.trim().split('\n')[0] ?? ''
  return new EngineError({
    kind: 'unavailable',
    code: 'program-failed',
    message: `'${file}' failed (${how})${said === '' ? '' : `: ${said.slice(0, 500)}`}`,
  })
}

function tooLong(file: string): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'program-output-too-long',
    message: `'${file}' wrote more than is read`,
  })
}

function canceled(file: string): EngineError {
  return new EngineError({ kind: 'canceled', code: 'canceled', message: `'${file}' was canceled` })
}
