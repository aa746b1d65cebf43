// checkpoint: the processes of a container as files, by way of the runtime and criu. They end with it, unless they are left running.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { syncTogether } from '../../os/sync-together.ts'
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
import { lockContainer, saveRecord, stateImproper } from './lock-container.ts'
import { type ContainerRef, readStoredContainer, type StoredContainer } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

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
}

export interface CheckpointReport {
  /** Microseconds in the runtime. */
  readonly duration: number
  readonly statistics: CriuStatistics | undefined
}

const endPatienceMs = 10_000

/**
 * Durable when it resolves. When it throws the container runs on as it was; killed, it runs on or is checkpointed.
 * @throws conflict `container-state`; unavailable `criu-missing`, `criu-too-old`; unsupported; internal `criu-checkpoint-failed`
 */
export async function checkpoint(engine: Engine, request: CheckpointRequest): Promise<CheckpointReport> {
  if (engine.settings.isRootless) throw needsRoot('checkpointing')
  using locked = await lockContainer(engine, request.container)
  const { container } = locked
  check(engine, container, request)
  await checkCriu(runtimeOf(engine.at, container.stored))
  if (request.isAhead || request.hasPrevious) await checkMemoryTracking()
  const report = await dump(engine, container, request)
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

function check(engine: Engine, { id, live, name, stored }: StoredContainer, request: CheckpointRequest): void {
  if (live.status !== 'running') throw stateImproper(`"${live.status}" is not running, cannot checkpoint`)
  if (stored.spec.isAutoRemoved && !request.isLeftRunning && !request.isAhead) {
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

async function dump(engine: Engine, container: StoredContainer, request: CheckpointRequest): Promise<CheckpointReport> {
  const { id } = container
  clear(paths.criu(engine.at, id), request)
  // Whoever else hears of the end leaves it to us.
  const control = openControl(engine.at, id)
  control?.keep()
  try {
    const report = await write(engine, container, request)
    if (request.isLeftRunning || request.isAhead) return report
    if (control !== undefined) await endWithin(control, endPatienceMs)
    await finish(engine, id)
    await control?.cleaned()
    return report
  } catch (error) {
    if (isRunning(engine, id)) giveUp(engine, container)
    throw error
  } finally {
    control?.leave()
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
  if (!request.keepsFiles && !request.isAhead) forget(folder)
  return { duration, statistics }
}

/** What an earlier one left. */
function clear(folder: string, { isAhead }: CheckpointRequest): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const images = join(folder, isAhead ? checkpointFiles.previous : checkpointFiles.images)
  removeTree(images)
  forget(folder)
  mkdirSync(images, { mode: 0o700 })
}

function forget(folder: string): void {
  for (const name of [checkpointFiles.dumpLog, checkpointFiles.dumpStatistics]) removeFile(join(folder, name))
}

async function finish(engine: Engine, id: string): Promise<void> {
  const ended = readStoredContainer(engine.at, id)
  if (ended === undefined) throw new Error(`container ${id} vanished under its lock`)
  await cleanupLocked(engine, ended)
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
