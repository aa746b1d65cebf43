// Starts a monitor (README.md, "The monitor's contract"). Its settings travel through a descriptor, so that neither argv nor the
// environment of any process shows them.

import type { Socket } from 'node:net'
import { join } from 'node:path'
import { EngineError } from '../base/errors.ts'
import { libexecFolder } from '../os/installation.ts'
import { spawnProcess } from '../os/spawn.ts'
import { encodeFrame, frameTypes } from './frames.ts'
import type { OciRuntime } from './oci-runtime.ts'
import { runtimeError } from './runtime-error.ts'

export interface MonitorRequest {
  readonly task: MonitorTask
  readonly id: string
  readonly name: string
  readonly runtime: OciRuntime
  /** Holds monitor.lock, attach, started.json, exit.json. */
  readonly runFolder: string
  readonly hasTerminal: boolean
  readonly stdin: 'closed' | 'open' | 'once'
  readonly log: MonitorLog
  /** Seconds; 0 never. */
  readonly timeoutSeconds: number
  /** argv; empty for none. */
  readonly exitCommand: readonly string[]
  /** `NAME=value`, for the runtime and the exit command. */
  readonly environment: readonly string[]
  readonly oomFile?: string
  /** Descriptors 3 … 2+N of this process go on to the runtime. */
  readonly preservedFds: number
  /** Whether a first client is to be connected before the process runs. It is a keeper, and must say `cleaned` in the end. */
  readonly hasClient: boolean
}

export type MonitorTask =
  | { readonly mode: 'run' | 'create'; readonly bundle: string }
  | { readonly mode: 'exec'; readonly processFile: string }

export interface MonitorLog {
  readonly driver: string
  readonly path?: string
  readonly maxBytes: number
  readonly maxFiles: number
  readonly tag?: string
  readonly labels: readonly string[]
}

export interface StartedMonitor {
  readonly pid: number
  readonly monitorPid: number
  /** Nothing is read from it before somebody listens. */
  readonly client?: Socket
}

interface Report {
  readonly status: 'started' | 'failed'
  readonly pid?: number
  readonly monitorPid?: number
  readonly exitCode?: number
  readonly message?: string
}

/**
 * Resolves when the process runs. On failure nothing but the lock file is left in the run folder.
 * @throws what runtimeError makes of the runtime's words; internal `monitor-failed` when the monitor itself died
 */
export async function startMonitor(request: MonitorRequest): Promise<StartedMonitor> {
  const fds = layoutDescriptors(request)
  const child = spawnProcess(join(libexecFolder, 'monitor'), ['--fd', String(fds.settings)], {
    stdio: fds.stdio,
    environment: {},
  })
  child.unref()
  const client = request.hasClient ? takeSocket(child, fds.client) : undefined
  // There before the monitor knows what to run: it then waits for this client, however soon the process ends.
  client?.write(encodeFrame(frameTypes.keeper))
  // A monitor that fails resets it, and says why in its report.
  client?.on('error', () => undefined)
  const settings = child.stdio[fds.settings] as Socket
  settings.on('error', () => undefined)
  settings.end(`${settingsOf(request, fds).join('\0')}\0`)
  const failure = new Promise<Report>((resolve) => {
    child.once('error', (error) => resolve({ status: 'failed', message: error.message }))
  })
  const report = await Promise.race([readReport(child.stdio[fds.ready] as Socket), failure])
  settings.destroy()
  if (report.status === 'failed') client?.destroy()
  return startedOrThrow(request, report, client)
}

interface Descriptors {
  readonly stdio: ('ignore' | 'pipe' | number)[]
  readonly settings: number
  readonly ready: number
  readonly client: number
}

function layoutDescriptors(request: MonitorRequest): Descriptors {
  const isPassedThrough = request.log.driver === 'passthrough'
  const standard: ('ignore' | number)[] = isPassedThrough ? [0, 1, 2] : ['ignore', 'ignore', 'ignore']
  const preserved = Array.from({ length: request.preservedFds }, (_, index) => 3 + index)
  const settings = 3 + request.preservedFds
  const client: 'pipe'[] = request.hasClient ? ['pipe'] : []
  return {
    stdio: [...standard, ...preserved, 'pipe', 'pipe', ...client],
    settings,
    ready: settings + 1,
    client: settings + 2,
  }
}

/** Node drains the streams of a child that has exited, and the monitor's first process does so at once: hides this one from it. */
function takeSocket(child: ReturnType<typeof spawnProcess>, fd: number): Socket {
  const streams: unknown[] = child.stdio
  return streams.splice(fd, 1)[0] as Socket
}

function settingsOf(request: MonitorRequest, fds: Descriptors): string[] {
  const { log, runtime, task } = request
  return [
    `mode=${task.mode}`,
    `id=${request.id}`,
    `name=${request.name}`,
    `runtime=${runtime.path}`,
    ...runtime.globalArguments.map((argument) => `runtime-arg=${argument}`),
    task.mode === 'exec' ? `process=${task.processFile}` : `bundle=${task.bundle}`,
    `run-dir=${request.runFolder}`,
    ...(request.hasTerminal ? ['terminal=1'] : []),
    ...(request.stdin === 'closed' ? [] : ['stdin=1']),
    ...(request.stdin === 'once' ? ['stdin-once=1'] : []),
    ...logSettings(log),
    `timeout=${request.timeoutSeconds}`,
    ...request.exitCommand.map((word) => `exit-command=${word}`),
    ...request.environment.map((entry) => `env=${entry}`),
    ...(request.oomFile === undefined ? [] : [`oom-file=${request.oomFile}`]),
    `preserve-fds=${request.preservedFds}`,
    `ready-fd=${fds.ready}`,
    ...(request.hasClient ? [`client-fd=${fds.client}`] : []),
  ]
}

function logSettings(log: MonitorLog): string[] {
  return [
    `log-driver=${log.driver}`,
    ...(log.path === undefined ? [] : [`log-path=${log.path}`]),
    `log-max-size=${log.maxBytes}`,
    `log-max-files=${log.maxFiles}`,
    ...(log.tag === undefined ? [] : [`log-tag=${log.tag}`]),
    ...log.labels.map((label) => `log-label=${label}`),
  ]
}

async function readReport(socket: Socket): Promise<Report> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Report
  } catch {
    return { status: 'failed', message: '' }
  }
}

function startedOrThrow(request: MonitorRequest, report: Report, client: Socket | undefined): StartedMonitor {
  const { pid, monitorPid } = report
  if (report.status === 'started' && pid !== undefined && monitorPid !== undefined) {
    return { pid, monitorPid, ...(client === undefined ? {} : { client }) }
  }
  if (report.exitCode !== undefined) throw runtimeError(request.runtime.name, report.message ?? '')
  throw new EngineError({
    kind: 'internal',
    code: 'monitor-failed',
    message: `the monitor of '${request.name}' failed: ${report.message || 'it ended without a report'}`,
  })
}
