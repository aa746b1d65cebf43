// checkpoint: the processes of a container as files, by way of the runtime and criu. They end with it, unless they are left running.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { syncTogether } from '../../os/sync-together.ts'
import type { AttachClient } from '../../runtime/attach-client.ts'
import { checkpointByRuntime } from '../../runtime/checkpoint.ts'
import { checkCriu, checkMemoryTracking } from '../../runtime/criu.ts'
import { type CriuStatistics, readCriuStatistics } from '../../runtime/criu-statistics.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { checkpointFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { saveNetworkStatus } from './checkpoint-network.ts'
import { cleanupLocked } from './cleanup.ts'
import { endWithin, openControl } from './control.ts'
import {
  type CheckpointCompression,
  createCheckpointImage,
  type ExportTarget,
  openExport,
} from './export-checkpoint.ts'
import { lockContainer, saveRecord, stateImproper } from './lock-container.ts'
import { checkPortable } from './pack-checkpoint.ts'
import { type ContainerRef, readStoredContainer, type StoredContainer } from './stored-container.ts'
import { eventSubject, sweep } from './sweep.ts'

export interface CheckpointRequest {
  readonly container: ContainerRef
  readonly isLeftRunning: boolean
  /** Its memory alone is dumped, and it runs on: the dump that follows is shorter. */
  readonly isAhead: boolean
  /** The one that follows. */
  readonly hasPrevious: boolean
  /** TCP connections that are open. */
  readonly keepsConnections: boolean
  readonly keepsFileLocks: boolean
  /** The log and the statistics stay. */
  readonly keepsFiles: boolean
  readonly export?: { readonly path: string; readonly compression: CheckpointCompression }
  /** A name for an image that holds it. */
  readonly image?: string
  /** Of what is exported, or goes into the image. */
  readonly hasRootfs: boolean
  readonly hasVolumes: boolean
}

export interface CheckpointReport {
  /** Microseconds in the runtime. */
  readonly duration: number
  readonly statistics: CriuStatistics | undefined
}

const endPatienceMs = 10_000

/**
 * Durable when it resolves. When it throws the container runs on as it was, or, where only the export failed, is checkpointed in place;
 * killed, it runs on or is checkpointed.
 * @throws conflict `container-state`; unavailable `criu-missing`, `criu-too-old`; unsupported; internal `criu-checkpoint-failed`
 */
export async function checkpoint(engine: Engine, request: CheckpointRequest): Promise<CheckpointReport> {
  if (engine.settings.isRootless) throw needsRoot('checkpointing')
  using locked = await lockContainer(engine, request.container)
  const { container } = locked
  check(engine, container, request)
  await checkCriu(runtimeOf(engine.at, container.stored))
  if (request.isAhead || request.hasPrevious) await checkMemoryTracking()
  using target = await openTarget(engine, request)
  const report = await dump(engine, container, { ...request, target })
  engine.events.append({
    ...eventSubject(container),
    status: 'checkpoint',
    attributes: container.stored.spec.labels,
  })
  return report
}

export function needsRoot(what: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'checkpoint-needs-root',
    message: `${what} a container requires root`,
  })
}

async function openTarget(engine: Engine, request: CheckpointRequest): Promise<ExportTarget | undefined> {
  const { export: target } = request
  return target === undefined ? undefined : openExport(engine, target.path, target.compression)
}

function check(engine: Engine, container: StoredContainer, request: CheckpointRequest): void {
  const { id, live, name, stored } = container
  if (request.export !== undefined || request.image !== undefined) checkPortable(container, request)
  if (live.status !== 'running') throw stateImproper(`"${live.status}" is not running, cannot checkpoint`)
  const { cgroup } = stored.spec.namespaces
  if (cgroup.kind === 'container' || cgroup.kind === 'path') {
    const message =
      'cannot checkpoint containers that are in the cgroup namespace of others: runtimes cannot restore them there'
    throw new EngineError({ kind: 'unsupported', code: 'checkpoint-of-cgroupns', message })
  }
  if (stored.spec.isAutoRemoved && request.export === undefined && !request.isLeftRunning && !request.isAhead) {
    throw invalid(
      'checkpoint-of-temporary',
      "cannot checkpoint containers that have been started with '--rm' unless '--export' is used",
    )
  }
  const previous = join(paths.criu(engine.at, id), checkpointFiles.previous)
  if (!request.hasPrevious || existsSync(previous)) return
  throw invalid(
    'checkpoint-without-previous',
    `there is no pre-checkpoint of container '${name}'`,
    `Make one first: gantry container checkpoint --pre-checkpoint ${name}`,
  )
}

interface Dump extends CheckpointRequest {
  readonly target: ExportTarget | undefined
}

async function dump(engine: Engine, container: StoredContainer, request: Dump): Promise<CheckpointReport> {
  const { id } = container
  clear(paths.criu(engine.at, id), request)
  // Whoever else hears of the end leaves it to us.
  const control = openControl(engine.at, id)
  control?.keep()
  try {
    const report = await write(engine, container, request)
    if (request.isLeftRunning || request.isAhead) throwIfAny(await bringOut(engine, container, request))
    else await end(engine, container, { ...request, control })
    if (!request.keepsFiles && !request.isAhead) forget(paths.criu(engine.at, id))
    return report
  } catch (error) {
    if (isRunning(engine, id)) giveUp(engine, container)
    throw error
  } finally {
    control?.leave()
  }
}

/** Its processes are gone, or about to. */
async function end(
  engine: Engine,
  container: StoredContainer,
  request: Dump & { readonly control: AttachClient | undefined },
): Promise<void> {
  const { control } = request
  if (control !== undefined) await endWithin(control, endPatienceMs)
  // What it had mounted is still there.
  const failure = await bringOut(engine, container, request)
  await finish(engine, container.id, failure === undefined)
  await control?.cleaned()
  throwIfAny(failure)
}

interface Failure {
  readonly error: unknown
}

function throwIfAny(failure: Failure | undefined): void {
  if (failure !== undefined) throw failure.error
}

async function bringOut(engine: Engine, container: StoredContainer, request: Dump): Promise<Failure | undefined> {
  const { target, image } = request
  try {
    await target?.fill(container, request)
    if (image === undefined) return undefined
    await createCheckpointImage(engine, container, { name: image, wishes: request })
    return undefined
  } catch (error) {
    return { error }
  }
}

async function write(
  engine: Engine,
  container: StoredContainer,
  request: CheckpointRequest,
): Promise<CheckpointReport> {
  const { id, name, record, stored } = container
  const folder = paths.criu(engine.at, id)
  if (record.last.status === 'started' && !request.isAhead) {
    const begun = { at: engine.clock.now(), isLeftRunning: request.isLeftRunning }
    saveRecord(engine, { ...record, last: { ...record.last, checkpoint: begun } })
  }
  const startedAt = performance.now()
  await checkpointByRuntime(runtimeOf(engine.at, stored), { ...request, id, name, folder })
  const duration = Math.round((performance.now() - startedAt) * 1000)
  saveNetworkStatus(engine, id)
  await syncTogether(folder)
  const statistics = readCriuStatistics(join(folder, checkpointFiles.dumpStatistics), 'dump')
  return { duration, statistics }
}

/** What an earlier one left. */
function clear(folder: string, { isAhead }: CheckpointRequest): void {
  makeFolders(folder, 0o700)
  const images = join(folder, isAhead ? checkpointFiles.previous : checkpointFiles.images)
  removeTree(images)
  forget(folder)
  mkdirSync(images, { mode: 0o700 })
}

function forget(folder: string): void {
  for (const name of [checkpointFiles.dumpLog, checkpointFiles.dumpStatistics]) removeFile(join(folder, name))
}

/** One that ran with --rm is gone afterwards, unless that would lose it. */
async function finish(engine: Engine, id: string, isBroughtOut: boolean): Promise<void> {
  const ended = readStoredContainer(engine.at, id)
  if (ended === undefined) throw new Error(`container ${id} vanished under its lock`)
  if (isBroughtOut) await cleanupLocked(engine, ended)
  else await sweep(engine, ended)
}

function isRunning(engine: Engine, id: string): boolean {
  const now = readStoredContainer(engine.at, id)
  return now !== undefined && isAlive(now.live)
}

/** The log stays: the error names it. */
function giveUp(engine: Engine, { id, record }: StoredContainer): void {
  saveRecord(engine, record)
  removeTree(paths.checkpoint(engine.at, id))
}
