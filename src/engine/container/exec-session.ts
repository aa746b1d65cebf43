// One exec session: a folder below the container's run folder that holds its process.json (and, with a monitor, the monitor's files),
// there as long as the session is.

import { join } from 'node:path'
import { newId } from '../../base/ids.ts'
import { writeNewFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { type AliveState, isAlive } from '../../runtime/live-state.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { runtimeError } from '../../runtime/runtime-error.ts'
import { printOci } from '../../spec/oci-text.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { holdFolder } from '../../state/lock.ts'
import type { Engine } from '../engine.ts'
import { readBundleConfig } from './bundle-config.ts'
import { callFilterOf } from './call-filter.ts'
import { type ExecProcess, execProcess } from './exec-process.ts'
import { missingProgram } from './find-program.ts'
import { containerGone, notRunning } from './lock-container.ts'
import { type ContainerRef, readStoredContainer, type StoredContainer } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

export interface ExecRequest {
  readonly container: ContainerRef
  readonly command: readonly string[]
  /** `KEY=value`, on top of the container's own. */
  readonly environment: readonly string[]
  readonly workdir?: string
  readonly user?: string
  readonly isPrivileged: boolean
  readonly hasTerminal: boolean
  readonly isStdinOpen: boolean
  /** Descriptors of this process that go on to that one. */
  readonly preservedFds: readonly number[]
}

export interface ExecSession {
  readonly id: string
  readonly folder: string
  readonly processFile: string
  /** The runtime is started under it. */
  readonly callFilter: Buffer | undefined
  readonly container: StoredContainer
  /** The folder's lock, by which others see that somebody is at work on it. A monitor has one of its own. */
  readonly hold?: Disposable
}

export function execFolder(at: Layout, containerId: string, sessionId: string): string {
  return join(paths.runContainer(at, containerId), containerFiles.run.exec, sessionId)
}

/**
 * Makes the session's folder and process.json.
 * @throws conflict `container-state` unless it runs; `oci-not-found`, `oci-permission-denied`; invalid `exec-no-command`
 */
export function openExecSession(engine: Engine, request: ExecRequest): ExecSession {
  const { container, process, callFilter } = planExec(engine, request)
  const id = newId()
  const folder = execFolder(engine.at, container.id, id)
  makeFolders(folder, 0o700)
  const hold = holdFolder(folder)
  const processFile = join(folder, 'process.json')
  writeNewFile(processFile, printOci(process), { durable: false })
  engine.events.append({ ...eventSubject(container), status: 'exec', attributes: { ...labels(container), execID: id } })
  return { id, folder, processFile, callFilter, container, hold }
}

export interface ExecPlan {
  readonly container: StoredContainer
  readonly process: ExecProcess
  /** Of its first process. */
  readonly containerPid: number
  /** The runtime is started under it. */
  readonly callFilter: Buffer | undefined
}

/** What is to be run; nothing is made. @throws as openExecSession */
export function planExec(engine: Engine, request: ExecRequest): ExecPlan {
  const container = readStoredContainer(engine.at, request.container.id)
  if (container === undefined) throw containerGone(request.container.name)
  const live = runningOrThrow(container)
  const config = readBundleConfig(engine.at, container.id)
  if (config === undefined) throw notRunning()
  const process = execProcess(config.process as unknown as ExecProcess, { request, live, container })
  refuseMissingProgram(engine, container, { live, process })
  return { container, process, containerPid: live.pid, callFilter: callFilterOf(config) }
}

export type EndedSession = Pick<ExecSession, 'id' | 'folder' | 'container' | 'hold'>

/** Removes the session's folder and tells of its end. Idempotent but for the event. */
export function closeExecSession(engine: Engine, session: EndedSession, exitCode: number): void {
  removeTree(session.folder)
  session.hold?.[Symbol.dispose]()
  const attributes = { ...labels(session.container), execID: session.id }
  engine.events.append({ ...eventSubject(session.container), status: 'exec_died', exitCode, attributes })
}

function labels(container: StoredContainer): Readonly<Record<string, string>> {
  return container.stored.spec.labels
}

function runningOrThrow(container: StoredContainer): AliveState {
  const { live } = container
  if (isAlive(live) && (live.status === 'running' || live.status === 'stopping')) return live
  throw notRunning()
}

function refuseMissingProgram(
  engine: Engine,
  container: StoredContainer,
  facts: { live: AliveState; process: ExecProcess },
): void {
  const { args, env, cwd } = facts.process
  const query = { pid: facts.live.pid, program: args[0] ?? '', environment: env, workdir: cwd }
  const complaint = missingProgram(query)
  if (complaint === undefined) return
  const runtime = runtimeOf(engine.at, container.stored)
  throw runtimeError(runtime.name, `exec failed: unable to start container process: ${complaint}`)
}
