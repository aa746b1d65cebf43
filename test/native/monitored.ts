// Drives one monitor: settings in, report out, and everything taken down at the end whatever the test did.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Attached, attached, type Exit } from './attached.ts'
import { expectNoSanitizerReport, fixture, fixtures, sanitizedMonitor, sanitizerEnvironment } from './programs.ts'

export interface Report {
  readonly status: 'started' | 'failed'
  readonly pid?: number
  readonly monitorPid?: number
  readonly exitCode?: number
  readonly message?: string
}

export interface MonitorOptions {
  /** Shell script that is the container, by the fake runtime. */
  readonly payload?: string
  readonly before?: string
  readonly after?: string
  /** Settings that replace or extend the default ones. */
  readonly settings?: readonly string[]
  readonly hasClient?: boolean
  /** Frames that the first client sends before the monitor starts. */
  readonly early?: Buffer
  /** Program and leading arguments in place of the sanitized monitor. */
  readonly command?: readonly string[]
  /** Descriptors 0, 1, 2 of the monitor. */
  readonly stdio?: readonly ('ignore' | 'pipe' | number)[]
  /** Descriptors 3… of the monitor, for preserve-fds. */
  readonly preserved?: readonly number[]
  /** Made by newFolder, when the test must know it before the report comes. */
  readonly folder?: string
  /** What the run folder holds before. */
  readonly prepare?: (run: string) => void
}

export interface Monitored extends AsyncDisposable {
  readonly report: Report
  readonly child: ChildProcess
  readonly folder: string
  readonly run: string
  readonly log: string
  readonly client: Attached
  attach(): Promise<Attached>
  files(): string[]
  exitRecord(): Exit
  /** Resolves when the monitor has gone: nobody holds its end of a pipe any more. */
  readonly gone: Promise<void>
}

export async function monitored(options: MonitorOptions): Promise<Monitored> {
  const folder = options.folder ?? newFolder()
  const run = join(folder, 'run')
  mkdirSync(run)
  options.prepare?.(run)
  const log = join(folder, 'ctr.log')
  const preserved = options.preserved ?? []
  const at = 3 + preserved.length
  const [program, ...argv] = options.command ?? [sanitizedMonitor()]
  const child = spawn(program as string, [...argv, '--fd', String(at)], {
    stdio: [...(options.stdio ?? ['ignore', 'ignore', 'ignore']), ...preserved, 'pipe', 'pipe', 'pipe'],
    env: { ...sanitizerEnvironment(folder), PATH: process.env['PATH'] },
  })
  const pipes = child.stdio as unknown as Socket[]
  const socket = pipes[at + 2] as Socket
  if (options.early !== undefined) socket.write(options.early)
  const client = attached(socket)
  const settings = pipes[at] as Socket
  settings.on('error', () => undefined)
  settings.end(`${settingsOf({ options, folder, run, log, at }).join('\0')}\0`)
  if (options.hasClient === false) socket.destroy()
  const report = await readReport(pipes[at + 1] as Socket)
  const gone = report.monitorPid === undefined ? Promise.resolve() : untilGone(report.monitorPid)
  return {
    ...{ report, child, folder, run, log, client, gone },
    async attach() {
      const connection = createConnection(join(run, 'attach'))
      await once(connection, 'connect')
      return attached(connection)
    },
    files: () => readdirSync(run).sort(),
    exitRecord: () => JSON.parse(readFileSync(join(run, 'exit.json'), 'utf8')) as Exit,
    async [Symbol.asyncDispose]() {
      socket.destroy()
      if (report.pid !== undefined) kill(report.pid)
      // Nobody is left to wait for: it must end by itself, with LeakSanitizer's last look.
      await gone
      expectNoSanitizerReport(folder)
      rmSync(folder, { recursive: true })
    },
  }
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gantry-monitor-'))
}

interface Places {
  readonly options: MonitorOptions
  readonly folder: string
  readonly run: string
  readonly log: string
  readonly at: number
}

function settingsOf({ options, folder, run, log, at }: Places): string[] {
  const given = options.settings ?? []
  const keys = new Set(given.map((entry) => entry.split('=', 1)[0]))
  const usual = [
    'mode=run',
    'id=0123456789abcdef',
    'name=web',
    `runtime=${join(fixtures, 'fake-runtime')}`,
    `bundle=${folder}`,
    `run-dir=${run}`,
    'log-driver=k8s-file',
    `log-path=${log}`,
    `preserve-fds=${options.preserved?.length ?? 0}`,
    `ready-fd=${at + 1}`,
    ...(options.hasClient === false ? [] : [`client-fd=${at + 2}`]),
  ].filter((entry) => !keys.has(entry.split('=', 1)[0]))
  const fake = {
    FAKE_PAYLOAD: options.payload,
    FAKE_BEFORE: options.before,
    FAKE_AFTER: options.after,
    FAKE_MAKE: fixture('make-container'),
  }
  const environment = { PATH: process.env['PATH'], FAKE_ARGV: join(folder, 'argv'), ...fake }
  const entries = Object.entries(environment).map(([name, value]) => `env=${name}=${value ?? ''}`)
  return [...usual, ...given, ...entries]
}

async function readReport(socket: Socket): Promise<Report> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString()) as Report
}

/** Not our child, and it may become its exit command: its pid is all there is. */
async function untilGone(pid: number): Promise<void> {
  await until(() => !isAlive(pid))
}

export function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z'
  } catch {
    return false
  }
}

/** For what the kernel has no event for. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** Resolves when `path` exists. */
export async function appeared(path: string): Promise<void> {
  const folder = join(path, '..')
  const watcher = watch(folder)
  try {
    while (!existsSync(path)) await once(watcher, 'change')
  } finally {
    watcher.close()
  }
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended.
  }
}
