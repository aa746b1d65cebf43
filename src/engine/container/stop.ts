// Stopping: the stop signal, patience, SIGKILL, and the cleanup that would otherwise cost the monitor another start of Gantry. No
// lock is held while it waits.

import { writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import type { AttachClient } from '../../runtime/attach-client.ts'
import { killByRuntime } from '../../runtime/kill.ts'
import { isAlive, markers } from '../../runtime/live-state.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { resumeByRuntime } from '../../runtime/pause.ts'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { cleanupLocked, letPodEnd } from './cleanup.ts'
import { endWithin, openControl } from './control.ts'
import { withPaused } from './freeze.ts'
import { isContainerGone, lockContainer, saveRecordIfRoom } from './lock-container.ts'
import { removeImageOf } from './remove-image.ts'
import { isToBeRestarted } from './restart-after-end.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'
import { eventSubject, sweep } from './sweep.ts'

export interface StopRequest {
  readonly container: ContainerRef
  /** The container's own if undefined; 0 kills at once; negative waits for ever. */
  readonly timeoutSeconds?: number
  /** A container that runs with --rm stays: it is about to be started again. */
  readonly isKept?: boolean
  /** It is not the user who stops it: its end is for its monitor's exit command to clean up, and to act on. */
  readonly isLeftToMonitor?: boolean
  /** Who asks looks after its pod. */
  readonly isPodTended?: boolean
}

export type StopOutcome = 'stopped' | 'was-not-running'

const killPatienceMs = 10_000

/**
 * Idempotent. When it resolves nothing of the container runs and its end is recorded (or, with --rm, it is gone).
 * Reports a warning when SIGKILL was needed. @throws not-found `container-unknown`; unavailable `container-unkillable`
 */
export async function stop(engine: Engine, request: StopRequest): Promise<StopOutcome> {
  const begun = await begin(engine, request)
  if (begun === undefined) return 'was-not-running'
  const { container } = begun
  const control = openControl(engine.at, container.id)
  try {
    if (request.isLeftToMonitor !== true) control?.keep()
    if (control !== undefined) {
      const graceMs = await preStop(engine, container, graceOf(begun, request))
      await terminate(engine, container, { control, graceMs })
    }
    if (request.isLeftToMonitor === true) return 'stopped'
    await finish(engine, container, request)
    await control?.cleaned()
    await removeImageOf(engine, container)
    if (request.isKept !== true && request.isPodTended !== true) await letPodEnd(engine, container)
  } finally {
    control?.leave()
  }
  return 'stopped'
}

/** Resolves to the time that is left. */
async function preStop(engine: Engine, container: StoredContainer, graceMs: number): Promise<number> {
  if (container.stored.spec.lifecycle?.preStop === undefined) return graceMs
  return (await import('./lifecycle.ts')).runPreStop(engine, container, graceMs)
}

/** It may be between two runs of its restart policy. */
function stayingDown(engine: Engine, container: StoredContainer): StoredContainer {
  if (!isToBeRestarted(container)) return container
  const record = { ...container.record, isStoppedByUser: true }
  saveRecordIfRoom(engine, record)
  return { ...container, record }
}

interface Begun {
  readonly container: StoredContainer
}

/** Marks the container as being stopped. Undefined when it does not run; what its last run left is then cleaned. */
async function begin(engine: Engine, request: StopRequest): Promise<Begun | undefined> {
  using locked = await lockContainer(engine, request.container)
  const { container } = locked
  const isStarting = container.live.status === 'created' && container.live.isUnsettled
  if (!isAlive(container.live) && !isStarting) {
    if (request.isKept) await sweep(engine, container)
    else await cleanupLocked(engine, stayingDown(engine, container))
    return undefined
  }
  if (container.live.status === 'paused') await resumeByRuntime(runtimeOf(engine.at, container.stored), container.id)
  const isStoppedByUser = request.isLeftToMonitor !== true || container.record.isStoppedByUser
  // The record of its end makes it durable.
  saveRecordIfRoom(engine, { ...withPaused(container.record, false), isStoppedByUser }, { durable: 'later' })
  if (isAlive(container.live)) writeFileSync(join(paths.runContainer(engine.at, container.id), markers.stopping), '')
  return { container }
}

function graceOf({ container }: Begun, request: StopRequest): number {
  // What was only initialized has no program yet that could act on a signal.
  if (container.live.status === 'initialized' || container.live.status === 'created') return 0
  const seconds = request.timeoutSeconds ?? container.stored.spec.stop.timeoutSeconds
  return seconds < 0 ? Number.POSITIVE_INFINITY : seconds * 1000
}

interface Patience {
  readonly control: AttachClient
  readonly graceMs: number
}

/** Resolves when the first process has ended or the monitor has gone. */
async function terminate(engine: Engine, container: StoredContainer, { control, graceMs }: Patience): Promise<void> {
  const signal = container.stored.spec.stop.signal
  if (graceMs > 0) {
    control.signal(signal)
    if ((await endWithin(control, graceMs)) !== undefined) return
    engine.report({ type: 'warning', message: stopWarning(container, signal, graceMs) })
  }
  control.signal(constants.signals.SIGKILL)
  if ((await endWithin(control, killPatienceMs)) !== undefined) return
  await killByRuntime(runtimeOf(engine.at, container.stored), container.id, {
    signal: constants.signals.SIGKILL,
    isForAll: true,
  })
  if ((await endWithin(control, killPatienceMs)) === undefined) throw unkillable(container)
}

async function finish(engine: Engine, container: StoredContainer, request: StopRequest): Promise<void> {
  engine.events.append({ ...eventSubject(container), status: 'stop', attributes: container.stored.spec.labels })
  try {
    using locked = await lockContainer(engine, container)
    if (isAlive(locked.container.live)) return
    if (request.isKept) await sweep(engine, locked.container)
    else await cleanupLocked(engine, locked.container)
  } catch (error) {
    // Another cleanup was faster, and the container was to be removed.
    if (!isContainerGone(error)) throw error
  }
}

function stopWarning(container: StoredContainer, signal: number, graceMs: number): string {
  const name = signalName(signal)
  return `StopSignal ${name} failed to stop container ${container.name} in ${Math.round(graceMs / 1000)} seconds, resorting to SIGKILL`
}

function signalName(signal: number): string {
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? String(signal)
}

function unkillable(container: StoredContainer): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'container-unkillable',
    message: `container '${container.name}' did not end within ${(2 * killPatienceMs) / 1000} s of SIGKILL`,
    hint: `See what its processes wait for: gantry top ${container.name} pid,state,wchan`,
  })
}
