// Running a further process in a running container: on our own standard streams without a monitor (the cheap way), or under a monitor
// when it has a terminal (so that it can be detached from) or is detached from the start.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { gantryCommand } from '../../os/installation.ts'
import { closed, nothing, spawnProcess } from '../../os/spawn.ts'
import type { AttachClient, AttachStreams } from '../../runtime/attach-client.ts'
import { attachClient } from '../../runtime/attach-client.ts'
import { readExitRecord } from '../../runtime/exit-record.ts'
import { unknownExitCode } from '../../runtime/live-state.ts'
import { type MonitorRequest, type StartedMonitor, startMonitor } from '../../runtime/monitor.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { preservedLayout } from '../../runtime/preserved-fds.ts'
import { runtimeError } from '../../runtime/runtime-error.ts'
import { containerFiles } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { closeExecSession, type ExecRequest, type ExecSession, execFolder, openExecSession } from './exec-session.ts'
import type { FollowEnd } from './follow.ts'
import { containerGone } from './lock-container.ts'
import { inheritedEnvironment } from './monitor-request.ts'
import { enterUserService, moveMonitor } from './scopes.ts'
import { type ContainerRef, readStoredContainer } from './stored-container.ts'

/**
 * On this process's own standard input (if open), output and error; signals come from the pipe `signals` (os/native.ts, catchSignals). The
 * exit code; runtimes have printed their own complaint when it is 126 or 127. @throws as openExecSession
 */
export async function execForeground(engine: Engine, request: ExecRequest, signals: number): Promise<number> {
  await enterUserService(engine)
  const session = openExecSession(engine, request)
  const runtime = runtimeOf(engine.at, session.container.stored)
  const log = join(session.folder, 'runtime.log')
  const extraFds = preservedLayout(request.preservedFds, closed)
  const preserve = extraFds.length === 0 ? [] : ['--preserve-fds', String(extraFds.length)]
  const words = ['exec', '--process', session.processFile, ...preserve, session.container.id]
  let exitCode = unknownExitCode
  try {
    const child = spawnProcess(runtime.path, [...runtime.globalArguments, '--log', log, ...words], {
      fds: [request.isStdinOpen ? 0 : nothing, 1, 2, ...extraFds],
      filter: session.callFilter,
    })
    const end = await child.end({ signals })
    exitCode = runtimeFailure(runtime.name, log) ?? end.exitCode
    return exitCode
  } finally {
    closeExecSession(engine, session, exitCode)
  }
}

/** 126 or 127 when it was the runtime that failed, not the program. */
function runtimeFailure(runtime: string, log: string): number | undefined {
  const text = absentAsUndefined(() => readFileSync(log, 'utf8'))
  if (text === undefined || !/level"?[=:]\s*"?(error|fatal)/.test(text)) return undefined
  return runtimeError(runtime, text).code === 'oci-not-found' ? 127 : 126
}

/** Resolves to the session's id as soon as its process runs. @throws as openExecSession and startMonitor */
export async function execDetached(engine: Engine, request: ExecRequest): Promise<string> {
  await enterUserService(engine)
  const session = openExecSession(engine, request)
  await startUnderMonitor(engine, session, { request, hasClient: false })
  return session.id
}

export interface AttachedExec {
  readonly client: AttachClient
  /** Resolves when the session has ended and is cleaned up, or was left. */
  follow(): Promise<FollowEnd>
}

/** Under a monitor, with `streams` connected before the process runs. @throws as openExecSession and startMonitor */
export async function execAttached(
  engine: Engine,
  request: ExecRequest,
  streams: AttachStreams,
): Promise<AttachedExec> {
  await enterUserService(engine)
  const session = openExecSession(engine, request)
  const { client: socket } = await startUnderMonitor(engine, session, { request, hasClient: true })
  if (socket === undefined) throw new Error('the monitor was asked for a client and gave none')
  const client = attachClient(socket, streams)
  return { client, follow: async () => followExec(engine, session, client) }
}

async function followExec(engine: Engine, session: ExecSession, client: AttachClient): Promise<FollowEnd> {
  const end = await client.ended
  try {
    if (end.status !== 'exited') return end
    closeExecSession(engine, session, end.exit.exitCode)
    await client.cleaned()
    return { status: 'exited', exitCode: end.exit.exitCode }
  } finally {
    client.leave()
  }
}

interface Launch {
  readonly request: ExecRequest
  readonly hasClient: boolean
}

async function startUnderMonitor(engine: Engine, session: ExecSession, launch: Launch): Promise<StartedMonitor> {
  try {
    const started = await startMonitor(execMonitorRequest(engine, session, launch))
    session.hold?.[Symbol.dispose]()
    await moveMonitor(engine, session.container, { pid: started.monitorPid })
    return started
  } catch (error) {
    closeExecSession(engine, session, unknownExitCode)
    throw error
  }
}

function execMonitorRequest(engine: Engine, session: ExecSession, launch: Launch): MonitorRequest {
  const { container, folder, id, processFile, callFilter } = session
  const { hasTerminal, isStdinOpen, preservedFds } = launch.request
  const stdin = launch.hasClient ? 'once' : 'open'
  const exitCommand = [
    gantryCommand,
    ...container.stored.globalFlags,
    'container',
    'cleanup',
    '--exec',
    id,
    container.id,
  ]
  return {
    task: { mode: 'exec', processFile },
    id: container.id,
    name: container.name,
    runtime: runtimeOf(engine.at, container.stored),
    filter: callFilter,
    runFolder: folder,
    hasTerminal,
    stdin: isStdinOpen ? stdin : 'closed',
    log: { driver: 'none', maxBytes: 0, maxFiles: 1, labels: [] },
    timeoutSeconds: 0,
    exitCommand,
    healthCommand: [],
    environment: inheritedEnvironment(),
    preservedFds,
    heldFds: [],
    hasClient: launch.hasClient,
  }
}

/** What an exec session's monitor runs at its end. Idempotent. @throws not-found `container-unknown` */
export function cleanupExec(engine: Engine, target: ContainerRef, sessionId: string): void {
  const container = readStoredContainer(engine.at, target.id)
  if (container === undefined) throw containerGone(target.name)
  const folder = execFolder(engine.at, container.id, sessionId)
  const exit = readExitRecord(join(folder, containerFiles.run.exit))
  if (exit === undefined) return
  closeExecSession(engine, { id: sessionId, folder, container }, exit.exitCode)
}
