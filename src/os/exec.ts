// Running a program to its end and keeping what it said. `runProcess` is for the hot paths and loads nothing; `execute` is the adapter of
// execa, which costs 20 ms when first used, for programs that others wrote.

import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { EngineError, errnoOf } from '../base/errors.ts'
import { trace } from '../base/log.ts'
import { plainEnvironment, spawnProcess } from './spawn.ts'

export interface RunOptions {
  readonly input?: string | Uint8Array
  /** The whole environment; what spawnProcess passes on unless said. */
  readonly environment?: Readonly<Record<string, string>>
  readonly workingFolder?: string
  /** Ends the program with SIGTERM. */
  readonly signal?: AbortSignal
  /** Bytes kept of each stream; 16 MiB unless said. A program that says more is killed. */
  readonly maxBytes?: number
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
  const { input, environment, workingFolder, signal, maxBytes = defaultMaxBytes } = options
  const stdin = input === undefined ? 'ignore' : 'pipe'
  const child = spawnProcess(file, argv, { stdio: [stdin, 'pipe', 'pipe'], environment, workingFolder })
  const kill = () => void child.kill()
  signal?.addEventListener('abort', kill, { once: true })
  // A program may end without reading its input.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(input)
  const stdout = collect(child, child.stdout, maxBytes)
  const stderr = collect(child, child.stderr, maxBytes)
  try {
    const exitCode = await endOf(child, file)
    if (signal?.aborted) throw canceled(file)
    return { exitCode, stdout: stdout(), stderr: stderr() }
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}

async function endOf(child: ChildProcess, file: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(file, error)))
    child.once('close', (code, name) => resolve(code ?? 128 + signalNumber(name)))
  })
}

/** What came in, once all has; the program is killed when it says more than there is room for. */
function collect(child: ChildProcess, stream: Readable | null, maxBytes: number): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
    else child.kill('SIGKILL')
  })
  return () => {
    if (size > maxBytes) throw tooLong(child.spawnfile)
    return Buffer.concat(chunks).toString('utf8')
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

function signalNumber(name: NodeJS.Signals | null): number {
  const { constants } = process.getBuiltinModule('node:os')
  return name === null ? 0 : constants.signals[name]
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
