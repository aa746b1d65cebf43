// Starting: lock, clean what a crash left, mount, bundle, record, monitor. The record says `started` before anything runs, so that
// whoever finds a half start knows that there is something to clean; the lock is dropped as soon as the process runs.

import { unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defined } from '../../base/defined.ts'
import { EngineError } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import { syncAll } from '../../os/atomic-file.ts'
import { bootId } from '../../os/boot-id.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { ownService } from '../../os/own-service.ts'
import { type AttachSocket, connectAttach } from '../../runtime/attach-client.ts'
import { isAlive, markers } from '../../runtime/live-state.ts'
import { type RestoreTask, type StartedMonitor, startMonitor } from '../../runtime/monitor.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { startCreated } from '../../runtime/start-created.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { dependenciesOf } from '../../spec/dependencies.ts'
import type { WindowSize } from '../../spec/facts.ts'
import type { BeforeStart, ContainerRecord } from '../../state/container-record.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { NetworkAttachment } from '../../state/network-attachment.ts'
import type { Engine } from '../engine.ts'
import { attachSocketOf } from './control.ts'
import { containerGone, lockContainer, saveRecord, stateImproper } from './lock-container.ts'
import { monitorRequest } from './monitor-request.ts'
import { notificationOf, notifyStarted, warnOfDeafManager } from './notification.ts'
import { pathsOfContainer } from './nursery.ts'
import { setUpRootfs } from './rootfs.ts'
import { moveMonitor } from './scopes.ts'
import { setUpNetwork } from './set-up-network.ts'
import { passedOn } from './socket-activation.ts'
import { type ContainerRef, readStoredContainer, type StoredContainer } from './stored-container.ts'
import { eventSubject, removeRunFolder, sweep, takeDown } from './sweep.ts'
import { writeBundle } from './write-bundle.ts'

export interface StartRequest {
  readonly container: ContainerRef
  /** Connect a first client before the process runs, so that no byte of its output is missed. */
  readonly isAttached: boolean
  /** Descriptors of this process that go on to the container's. */
  readonly preservedFds?: readonly number[]
  /** What a terminal of its own has from its first instruction on. */
  readonly windowSize?: WindowSize
}

export interface StartedContainer {
  readonly container: StoredContainer
  readonly pid: number
  /** For attachClient; the caller owns it. */
  readonly client?: AttachSocket
}

/**
 * When it resolves the container's first process runs, and the containers that it depends on do. When it throws, nothing is left but the
 * container as it was, and those of the others that had been started. No lock is held while it waits for anything that takes its time.
 * @throws conflict `container-running` or `container-state`; the runtime's errors (runtime/runtime-error.ts)
 */
export async function start(engine: Engine, request: StartRequest): Promise<StartedContainer> {
  const facts = readStoredContainer(engine.at, request.container.id)?.stored.spec
  if (facts?.pod === undefined && (facts === undefined || dependenciesOf(facts).length === 0))
    return finishStart(engine, request, await startAlone(engine, request))
  const { startInSteps } = await import('./start-in-steps.ts')
  const { withPodLock } = await import('./with-pod-lock.ts')
  return startInSteps(engine, request, async (work) => withPodLock(engine, request.container, work))
}

/** What follows a start and may take its time: who is attached does not wait for it. No lock is held. @throws conflict `post-start-failed`, `container-stopped` */
export async function finishStart(
  engine: Engine,
  { isAttached }: Pick<StartRequest, 'isAttached'>,
  started: StartedContainer,
): Promise<StartedContainer> {
  const { container } = started
  const { lifecycle, notify } = container.stored.spec
  const steps: (() => Promise<void>)[] = []
  if (lifecycle?.postStart !== undefined)
    steps.push(async () => (await import('./lifecycle.ts')).runPostStart(engine, container))
  if (notify?.mode === 'healthy')
    steps.push(async () => (await import('./tell-when-healthy.ts')).tellWhenHealthy(engine, container))
  for (const step of steps) {
    // Who is attached to it sees it end where that fails.
    if (isAttached) step().catch((error: unknown) => logDebug('what follows a start has failed', { error }))
    else await step()
  }
  return started
}

/** Whatever it depends on. The lock of its pod, if it has one, is held; its own is not. @throws as start */
export async function startAlone(engine: Engine, request: StartRequest): Promise<StartedContainer> {
  using locked = await lockContainer(engine, request.container)
  const { live, stored, id } = locked.container
  if (live.status !== 'initialized') return await launch(engine, locked.container, { ...request, mode: 'run' })
  const client = request.isAttached ? connectAttach(attachSocketOf(engine.at, id)) : undefined
  await startCreated(runtimeOf(engine.at, stored), id)
  unlinkSync(join(paths.runContainer(engine.at, id), markers.initialized))
  notifyStarted(engine, stored.spec, live.monitorPid)
  const { health } = stored.spec
  if (health !== undefined) await (await import('./begin-health.ts')).startHealth(engine, { id, health })
  announceStart(engine, locked.container, request.isAttached)
  return { container: reread(engine, id), pid: live.pid, ...(client === undefined ? {} : { client }) }
}

interface LaunchRequest extends StartRequest {
  readonly mode: 'run' | 'create'
  /** Of a restart policy; 0 when somebody asked for the start. */
  readonly restartCount?: number
  /** How long that waited before it. */
  readonly restartPauseMs?: number
  /** Its processes are not started but restored. */
  readonly restoring?: Restoring
}

export interface Restoring extends RestoreTask {
  /** The networks that it gets this time. */
  readonly networks: readonly NetworkAttachment[]
}

/** The container's lock is held. */
export async function launch(
  engine: Engine,
  container: StoredContainer,
  request: LaunchRequest,
): Promise<StartedContainer> {
  const fresh = await settle(engine, container)
  const before = fresh.record
  try {
    return await bringUp(engine, fresh, request)
  } catch (error) {
    await undo(engine, fresh, before)
    throw error
  }
}

/** Refuses what runs; cleans what an earlier run or a crashed start left. */
async function settle(engine: Engine, container: StoredContainer): Promise<StoredContainer> {
  const { live, id, name } = container
  if (live.status === 'running') throw alreadyRunning(name, id)
  if (isAlive(live)) throw stateImproper(`container ${id} is ${live.status} and cannot be started`)
  await sweep(engine, container)
  const fresh = readStoredContainer(engine.at, id)
  if (fresh === undefined) throw containerGone(name)
  return fresh
}

async function bringUp(engine: Engine, container: StoredContainer, request: LaunchRequest): Promise<StartedContainer> {
  const { id, record, stored } = container
  const folder = paths.runContainer(engine.at, id)
  makeFolders(folder, 0o700)
  const { restoring } = request
  using network = await setUpNetwork(engine, restoring === undefined ? container : inNetworks(container, restoring))
  await preparePod(engine, container)
  const rootfs = setUpRootfs(engine, container)
  const { activation, preservedFds } = passedOn(stored.spec, request.preservedFds)
  const bundle = await writeBundle(engine, container, {
    rootfs,
    network: network.facts,
    windowSize: request.windowSize,
    activation,
  })
  if (restoring !== undefined) (await import('./settle-restored.ts')).settleRestored(engine, container)
  saveRecord(engine, startedRecord(engine, record, request), { durable: 'later' })
  const { health } = stored.spec
  if (health !== undefined) (await import('./begin-health.ts')).beginHealth(engine, { id, health }, request.mode)
  warnOfDeafManager(engine, stored.spec)
  const launching = { ...request, preservedFds, bundle, heldFds: network.heldPorts }
  const [started] = await Promise.all([
    startMonitor(monitorRequest(engine, container, launching)),
    // All of it, for one that `run` has just made.
    syncAll(pathsOfContainer(engine.at, id)),
  ])
  if (!isForManager(stored.spec))
    await moveMonitor(engine, container, { pid: started.monitorPid, helpers: network.helpers })
  writePidFiles(stored.spec.pidFiles, started)
  if (ownService() !== undefined) writeFileSync(join(folder, containerFiles.run.monitorPid), `${started.monitorPid}\n`)
  announce(engine, container, request)
  const { pid, client } = started
  return { container: reread(engine, id), pid, ...(client === undefined ? {} : { client }) }
}

async function preparePod(engine: Engine, container: StoredContainer): Promise<void> {
  const { pod, source } = container.stored.spec
  if (pod === undefined && source.kind !== 'pause') return
  await (await import('../pod/prepare-start.ts')).prepareStart(engine, container)
}

/** A service manager hears only those whom it finds in the service, and takes no other for its main process. */
function isForManager(spec: CompleteSpec): boolean {
  return notificationOf(spec)?.socket !== undefined || ownService() !== undefined
}

function inNetworks(container: StoredContainer, { networks }: Restoring): StoredContainer {
  return { ...container, record: { ...container.record, networks } }
}

function announce(engine: Engine, container: StoredContainer, { mode, restoring, isAttached }: LaunchRequest): void {
  const event = { ...eventSubject(container), attributes: container.stored.spec.labels }
  engine.events.append({ ...event, status: restoring === undefined ? 'init' : 'restore' })
  if (mode === 'run' && restoring === undefined) announceStart(engine, container, isAttached)
}

function announceStart(engine: Engine, container: StoredContainer, isAttached: boolean): void {
  const event = { ...eventSubject(container), attributes: container.stored.spec.labels }
  engine.events.append({ ...event, status: 'start' })
  if (isAttached) engine.events.append({ ...event, status: 'attach' })
}

function writePidFiles(files: CompleteSpec['pidFiles'], { pid, monitorPid }: StartedMonitor): void {
  if (files?.container !== undefined) writeFileSync(files.container, String(pid))
  if (files?.monitor !== undefined) writeFileSync(files.monitor, String(monitorPid))
}

function startedRecord(
  engine: Engine,
  record: ContainerRecord,
  { restartCount = 0, restartPauseMs, restoring }: LaunchRequest,
): ContainerRecord {
  const startedAt = engine.clock.now()
  const restored = restoring === undefined ? {} : { restoredAt: startedAt }
  const before = beforeStart(record)
  const last = {
    status: 'started',
    bootId: bootId(),
    startedAt,
    isPaused: false,
    ...restored,
    ...defined({ before }),
  } as const
  const { isRestartDue: _due, restartPauseMs: _pause, ...kept } = record
  return { ...kept, isStoppedByUser: false, restartCount, last, ...defined({ restartPauseMs }) }
}

function beforeStart(record: ContainerRecord): BeforeStart | undefined {
  const { last, isStoppedByUser, restartCount, restartPauseMs, isRestartDue } = record
  if (last.status !== 'exited') return undefined
  return { last, isStoppedByUser, restartCount, ...defined({ restartPauseMs, isRestartDue }) }
}

async function undo(engine: Engine, container: StoredContainer, before: ContainerRecord): Promise<void> {
  const now = reread(engine, container.id)
  // The monitor reported a failure after all, or never came up: what it may have started is found by control group.
  await takeDown(engine, { ...now, live: { status: 'created', isUnsettled: true } })
  saveRecord(engine, before)
  removeRunFolder(engine, container.id)
}

function reread(engine: Engine, id: string): StoredContainer {
  const container = readStoredContainer(engine.at, id)
  if (container === undefined) throw new Error(`container ${id} vanished under its lock`)
  return container
}

function alreadyRunning(name: string, id: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'container-running',
    message: `container '${name}' (${id.slice(0, 12)}) is already running: container is running`,
  })
}
