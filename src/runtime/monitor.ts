// Starts a monitor (README.md, "The monitor's contract"). Its settings travel through a descriptor, so that neither argv nor the
// environment of any process shows them.

import { closeSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError, errnoOf } from '../base/errors.ts'
import { libexecFolder } from '../os/installation.ts'
import { native } from '../os/native.ts'
import { nothing, type SpawnedProcess, spawnProcess } from '../os/spawn.ts'
import { isPassthrough } from '../spec/log.ts'
import { containerFiles } from '../state/layout.ts'
import type { AttachSocket } from './attach-client.ts'
import { encodeFrame, frameTypes } from './frames.ts'
import type { OciRuntime } from './oci-runtime.ts'
import { preservedLayout } from './preserved-fds.ts'
import { runtimeError } from './runtime-error.ts'

export interface MonitorRequest {
  readonly task: MonitorTask
  readonly id: string
  readonly name: string
  readonly runtime: OciRuntime
  /** The runtime is started under it: struct sock_filter's. */
  readonly filter: Buffer | undefined
  /** Holds monitor.lock, attach, started.json, exit.json. */
  readonly runFolder: string
  readonly hasTerminal: boolean
  readonly stdin: 'closed' | 'open' | 'once'
  readonly log: MonitorLog
  /** Seconds; 0 never. */
  readonly timeoutSeconds: number
  /** argv; empty for none. */
  readonly exitCommand: readonly string[]
  /** argv, for each time that a health check is due: see R/health in README.md. Empty for none. */
  readonly healthCommand: readonly string[]
  /** `NAME=value`, for the runtime and the exit command. */
  readonly environment: readonly string[]
  readonly oomFile?: string
  readonly notify?: NotifyRequest
  /** Descriptors 3 … 2+N of this process go on to the runtime. */
  readonly preservedFds: readonly number[]
  /** Ours, kept open by the monitor as long as the container runs. They stay the caller's. */
  readonly heldFds: readonly number[]
  /** Whether a first client is to be connected before the process runs. It is a keeper, and must say `cleaned` in the end. */
  readonly hasClient: boolean
}

/** Whom the monitor tells, by systemd's protocol, that it is the main process. */
export interface NotifyRequest {
  /** A path, or `@` and an abstract name; undefined tells nobody: only the run folder shows that the container is ready. */
  readonly socket: string | undefined
  /** What the container says by the socket in its notify folder is passed on. */
  readonly isRelayed: boolean
  /** A container that runs is ready. */
  readonly isReady: boolean
}

export type MonitorTask =
  | { readonly mode: 'run' | 'create'; readonly bundle: string }
  | { readonly mode: 'exec'; readonly processFile: string }
  | ({ readonly mode: 'restore'; readonly bundle: string } & RestoreTask)

/** Of what criu has dumped. */
export interface RestoreTask {
  readonly imagePath: string
  /** For criu's log and statistics. */
  readonly workPath: string
  /** More flags of the runtime's `restore`. */
  readonly flags: readonly string[]
}

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
  /** For attachClient. */
  readonly client?: AttachSocket
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
  const client = request.hasClient ? native().socketPair() : undefined
  try {
    // There before the monitor knows what to run: it then waits for this client, however soon the process ends.
    if (client !== undefined) writeSync(client[0], encodeFrame(frameTypes.keeper))
    const report = await launch(request, client?.[1])
    return startedOrThrow(request, report, client?.[0])
  } catch (error) {
    if (client !== undefined) closeSync(client[0])
    throw error
  }
}

/** Takes over `client`, the monitor's end. */
async function launch(request: MonitorRequest, client: number | undefined): Promise<Report> {
  const settings = native().pipe()
  const report = native().pipe()
  const theirs = [settings[0], report[1], ...(client === undefined ? [] : [client])]
  const layout = layoutDescriptors(request)
  let monitor: SpawnedProcess
  try {
    const fds = [...layout.fds, ...theirs, ...request.heldFds]
    const environment = configurationOf(request)
    monitor = spawnProcess(join(libexecFolder, 'monitor'), ['--fd', String(layout.settings)], { fds, environment })
  } catch (error) {
    for (const fd of [settings[1], report[0]]) closeSync(fd)
    return { status: 'failed', message: String(error) }
  } finally {
    for (const fd of theirs) closeSync(fd)
  }
  tell(settings[1], `${settingsOf(request, layout).join('\0')}\0`)
  // Its first process ends at once; the report is complete when the one that stays closes it.
  const { outputs } = await monitor.end({ outputs: [report[0]] })
  return parseReport(outputs[0] as Buffer)
}

/** Paths of configuration files, which are no secret: whoever looks at a monitor sees what its exit command goes by, as with conmon. */
function configurationOf({ environment }: MonitorRequest): Record<string, string> {
  const entries = environment.filter((entry) => entry.startsWith('CONTAINERS_'))
  return Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s, 2) as [string, string]))
}

/** Closes the pipe. A monitor that fails before it has read all says why in its report. */
function tell(fd: number, text: string): void {
  try {
    for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(fd, rest))
  } catch (error) {
    if (errnoOf(error) !== 'EPIPE') throw error
  } finally {
    closeSync(fd)
  }
}

interface Layout {
  /** Descriptors of the monitor that are ours; settings, report and client follow. */
  readonly fds: readonly number[]
  readonly settings: number
  readonly ready: number
  readonly client: number
  /** The first of those that are held. */
  readonly held: number
}

function layoutDescriptors(request: MonitorRequest): Layout {
  const isPassedThrough = isPassthrough(request.log.driver)
  const standard = isPassedThrough ? [0, 1, 2] : [nothing, nothing, nothing]
  // The monitor opens files of its own: it must not get the numbers between.
  const preserved = preservedLayout(request.preservedFds, nothing)
  const settings = 3 + preserved.length
  const client = settings + 2
  const held = request.hasClient ? client + 1 : client
  return { fds: [...standard, ...preserved], settings, ready: settings + 1, client, held }
}

function settingsOf(request: MonitorRequest, layout: Layout): string[] {
  const { log, runtime, task } = request
  return [
    `mode=${task.mode}`,
    `id=${request.id}`,
    `name=${request.name}`,
    `runtime=${runtime.path}`,
    ...runtime.globalArguments.map((argument) => `runtime-arg=${argument}`),
    ...(request.filter === undefined ? [] : [`filter=${request.filter.toString('hex')}`]),
    ...taskSettings(task),
    `run-dir=${request.runFolder}`,
    ...(request.hasTerminal ? ['terminal=1'] : []),
    ...(request.stdin === 'closed' ? [] : ['stdin=1']),
    ...(request.stdin === 'once' ? ['stdin-once=1'] : []),
    ...logSettings(log),
    `timeout=${request.timeoutSeconds}`,
    ...request.exitCommand.map((word) => `exit-command=${word}`),
    ...request.healthCommand.map((word) => `health-command=${word}`),
    ...request.environment.map((entry) => `env=${entry}`),
    ...(request.oomFile === undefined ? [] : [`oom-file=${request.oomFile}`]),
    ...notifySettings(request.notify),
    ...preserveSettings(request.preservedFds),
    ...(request.heldFds.length === 0 ? [] : [`held-fd=${layout.held}`, `held-fds=${request.heldFds.length}`]),
    `ready-fd=${layout.ready}`,
    ...(request.hasClient ? [`client-fd=${layout.client}`] : []),
  ]
}

function taskSettings(task: MonitorTask): string[] {
  if (task.mode === 'exec') return [`process=${task.processFile}`]
  const bundle = `bundle=${task.bundle}`
  if (task.mode !== 'restore') return [bundle]
  const flags = task.flags.map((flag) => `restore-arg=${flag}`)
  return [bundle, `image-path=${task.imagePath}`, `work-path=${task.workPath}`, ...flags]
}

function preserveSettings(preservedFds: readonly number[]): string[] {
  const layout = preservedLayout(preservedFds, nothing)
  const gaps = layout.flatMap((fd, index) => (fd === nothing ? [`preserve-gap=${3 + index}`] : []))
  return [`preserve-fds=${layout.length}`, ...gaps]
}

function notifySettings(notify: NotifyRequest | undefined): string[] {
  if (notify === undefined) return []
  const { socket, isRelayed, isReady } = notify
  const told = socket === undefined ? [] : [`notify-socket=${socket}`]
  return [...told, `notify-relay=${isRelayed ? 1 : 0}`, `notify-ready=${isReady ? 1 : 0}`]
}

function logSettings(log: MonitorLog): string[] {
  return [
    // To the monitor a terminal is a descriptor like any other.
    `log-driver=${isPassthrough(log.driver) ? 'passthrough' : log.driver}`,
    ...(log.path === undefined ? [] : [`log-path=${log.path}`]),
    `log-max-size=${log.maxBytes}`,
    `log-max-files=${log.maxFiles}`,
    ...(log.tag === undefined ? [] : [`log-tag=${log.tag}`]),
    ...log.labels.map((label) => `log-label=${label}`),
  ]
}

function parseReport(text: Buffer): Report {
  try {
    return JSON.parse(text.toString('utf8')) as Report
  } catch {
    return { status: 'failed', message: '' }
  }
}

function startedOrThrow(request: MonitorRequest, report: Report, client: number | undefined): StartedMonitor {
  const { pid, monitorPid } = report
  if (report.status === 'started' && pid !== undefined && monitorPid !== undefined) {
    const path = join(request.runFolder, containerFiles.run.attachSocket)
    return { pid, monitorPid, ...(client === undefined ? {} : { client: { fd: client, path } }) }
  }
  if (report.exitCode !== undefined) throw runtimeError(request.runtime.name, report.message ?? '')
  throw new EngineError({
    kind: 'internal',
    code: 'monitor-failed',
    message: `the monitor of '${request.name}' failed: ${report.message || 'it ended without a report'}`,
  })
}
