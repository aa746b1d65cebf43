// One health check of a running container: by hand, or by the monitor's timer. They wait for each other; what a check found is recorded
// only if the run that it looked at goes on: what is being stopped ends its checks too.

import { join } from 'node:path'
import { formatGoDuration } from '../../base/duration.ts'
import { EngineError, errnoOf } from '../../base/errors.ts'
import { isAlive } from '../../runtime/live-state.ts'
import {
  activeCheck,
  type HealthCheck,
  type HealthFacet,
  type RepeatedCheck,
  type StartupCheck,
} from '../../spec/health.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { acquireLock, type HeldLock } from '../../state/lock.ts'
import type { Engine } from '../engine.ts'
import { actOnHealth } from './act-on-health.ts'
import { firstHealth } from './begin-health.ts'
import { healthEvent } from './health-event.ts'
import { writeHealthLog } from './health-log.ts'
import { type HealthLogEntry, type HealthRecord, type HealthStatus, readHealth, writeHealth } from './health-record.ts'
import { isStartingUp, wakeTimer, writeInterval, writeNextDue } from './health-timer.ts'
import { isContainerGone, lockContainer, saveRecord } from './lock-container.ts'
import { type NextHealth, nextHealth } from './next-health.ts'
import { type ProbeResult, runProbe } from './probe-process.ts'
import { delayedUntil, nextCheck, nextReadiness } from './readiness.ts'
import { enterUserService } from './scopes.ts'
import { type ContainerRef, readStoredContainer, type StoredContainer } from './stored-container.ts'

/**
 * What this check alone says; `starting` of a startup check that has failed. When it resolves, what follows a failure is done.
 * @throws conflict `container-not-running`; invalid `health-undefined`; unavailable `health-timeout`
 */
export async function checkHealth(engine: Engine, target: CheckTarget): Promise<HealthStatus> {
  await enterUserService(engine)
  const checked = await checkAlone(engine, target)
  if (checked === undefined) return 'starting'
  const { subject, next, result } = checked
  if (next.action !== 'none') await actOnHealth(engine, subject.container, next.action)
  const { check, startup } = subject
  if (result.isTimedOut) throw tookTooLong(check)
  if (result.isSuccess) return 'healthy'
  return startup === undefined ? 'unhealthy' : 'starting'
}

export interface CheckTarget extends ContainerRef {
  /** Whichever of its checks is due; else the regular one, or that of its startup. */
  readonly isByTimer?: boolean
}

/** What is checked, and how. */
interface Subject {
  readonly container: StoredContainer
  readonly health: HealthFacet
  readonly check: HealthCheck
  readonly startup: StartupCheck | undefined
  readonly readiness: RepeatedCheck | undefined
}

interface Checked {
  readonly subject: Subject
  readonly result: ProbeResult
  readonly next: NextHealth
}

/** Undefined when the timer is early. */
async function checkAlone(engine: Engine, target: CheckTarget): Promise<Checked | undefined> {
  subjectOf(engine, target)
  using _probe = await lockProbe(engine, target)
  const subject = subjectOf(engine, target)
  if (target.isByTimer === true && (await isEarly(engine, subject))) return undefined
  const startedAt = engine.clock.now()
  const result = await probe(engine, subject)
  const { isSuccess, isTimedOut, output } = result
  const exitCode = isTimedOut ? -1 : isSuccess ? 0 : 1
  const next = await record(engine, subject, { startedAt, endedAt: engine.clock.now(), exitCode, output })
  return { subject, result, next }
}

/** Then the timer is set to the time when it is not. */
async function isEarly(engine: Engine, subject: Subject): Promise<boolean> {
  const { container, check } = subject
  const dueMs = isAlive(container.live) ? delayedUntil(check, container.live.startedAt) : 0
  if (dueMs <= Date.now()) return false
  using _locked = await lockRunning(engine, subject)
  writeNextDue(engine.at, container.id, dueMs)
  return true
}

/** What fails because the container has ended is no failure of the check. */
async function probe(engine: Engine, { container, check }: Subject): Promise<ProbeResult> {
  try {
    return await runProbe(engine, container, check)
  } catch (error) {
    const now = readStoredContainer(engine.at, container.id)
    if (now !== undefined && isSameRun(container, now)) throw error
    throw notRunning(container.id)
  }
}

async function lockProbe(engine: Engine, { id, name }: ContainerRef): Promise<HeldLock> {
  const path = join(paths.runContainer(engine.at, id), containerFiles.run.probeLock)
  try {
    return await acquireLock({ path, kind: 'probe', label: `a health check of container ${name}` }, engine.patience)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw notRunning(id)
    throw error
  }
}

function subjectOf(engine: Engine, target: CheckTarget): Subject {
  const container = readStoredContainer(engine.at, target.id)
  if (container === undefined || container.live.status !== 'running') throw notRunning(target.id)
  const { health } = container.stored.spec
  const check = activeCheck(health)
  if (health === undefined || check === undefined) throw notDefined(target.id)
  const record = readHealth(engine.at, target.id) ?? firstHealth('starting')
  const startup = isStartingUp(health, record.startup) ? health.startup : undefined
  const isReadinessDue =
    target.isByTimer === true &&
    startup === undefined &&
    nextCheck(health, record, container.live.startedAt).kind === 'readiness'
  const readiness = isReadinessDue ? health.readiness : undefined
  return { container, health, check: startup ?? readiness ?? check, startup, readiness }
}

async function record(engine: Engine, subject: Subject, entry: HealthLogEntry): Promise<NextHealth> {
  const { next, hasNewTimer } = await recordLocked(engine, subject, entry)
  if (hasNewTimer) await wakeTimer(engine.at, subject.container.id)
  return next
}

async function recordLocked(
  engine: Engine,
  subject: Subject,
  entry: HealthLogEntry,
): Promise<{ readonly next: NextHealth; readonly hasNewTimer: boolean }> {
  const { id } = subject.container
  using locked = await lockRunning(engine, subject)
  const { container } = locked
  const { startup, check } = subject
  // As `update` may have left it meanwhile.
  const { health } = container.stored.spec
  if (health === undefined || !isAlive(container.live) || container.live.status === 'stopping') throw notRunning(id)
  const before = readHealth(engine.at, id) ?? firstHealth('starting')
  if (subject.readiness !== undefined)
    return recordReadiness(engine, subject, { health, before, entry, startedAt: container.live.startedAt })
  const next = nextHealth(before, { health, check, startup, entry, containerStartedAt: container.live.startedAt })
  writeHealth(engine.at, id, next.record)
  const isRestartDue = next.action === 'restart'
  if (isRestartDue !== (container.record.isRestartDue ?? false))
    saveRecord(engine, { ...container.record, isRestartDue })
  const isNews = next.record.status !== before.status || health.logDestination === 'events_logger'
  if (isNews && engine.settings.areHealthEventsKept) engine.events.append(healthEvent(container, next.record))
  writeHealthLog(health, id, next.record)
  setTimer(engine, subject, { health, next, startedAt: container.live.startedAt })
  return { next, hasNewTimer: next.hasStartedUp }
}

function setTimer(
  { at }: Engine,
  { container: { id }, startup, check }: Subject,
  { health, next, startedAt }: TimerFacts,
): void {
  const isDelayed = check.isDelayed === true
  if (next.hasStartedUp || (startup !== undefined && isDelayed))
    writeInterval(at, id, { health, progress: next.record.startup })
  else if (startup === undefined && (isDelayed || health.readiness !== undefined))
    writeNextDue(at, id, nextCheck(health, next.record, startedAt).dueMs)
}

interface TimerFacts {
  readonly health: HealthFacet
  readonly next: NextHealth
  /** Of the run. */
  readonly startedAt: string
}

interface ReadinessFacts {
  readonly health: HealthFacet
  readonly before: HealthRecord
  readonly entry: HealthLogEntry
  /** Of the run. */
  readonly startedAt: string
}

/** The container's lock is held. */
function recordReadiness({ at }: Engine, subject: Subject, { health, before, entry, startedAt }: ReadinessFacts) {
  const { id } = subject.container
  const check = subject.readiness
  const readiness = check === undefined ? {} : { readiness: nextReadiness(before.readiness, check, entry) }
  const record = { ...before, ...readiness }
  writeHealth(at, id, record)
  writeNextDue(at, id, nextCheck(health, record, startedAt).dueMs)
  return { next: { record, hasStartedUp: false, action: 'none' }, hasNewTimer: false } as const
}

/** @throws conflict `container-not-running` where that run has ended */
async function lockRunning(engine: Engine, { container: before }: Subject) {
  try {
    const locked = await lockContainer(engine, before)
    if (isSameRun(before, locked.container)) return locked
    locked[Symbol.dispose]()
  } catch (error) {
    if (!isContainerGone(error)) throw error
  }
  throw notRunning(before.id)
}

function isSameRun(before: StoredContainer, now: StoredContainer): boolean {
  return isAlive(before.live) && isAlive(now.live) && before.live.startedAt === now.live.startedAt
}

function notRunning(id: string): EngineError {
  const message = `container ${id} is not running`
  return new EngineError({ kind: 'conflict', code: 'container-not-running', message })
}

function notDefined(id: string): EngineError {
  const message = `container ${id} has no defined healthcheck`
  const hint = 'Give it one: gantry update --health-cmd COMMAND CONTAINER'
  return new EngineError({ kind: 'invalid', code: 'health-undefined', message, hint })
}

function tookTooLong({ timeoutNs }: HealthCheck): EngineError {
  const message = `healthcheck command exceeded timeout of ${formatGoDuration(timeoutNs)}`
  const hint = 'Give it more: gantry update --health-timeout DURATION CONTAINER'
  return new EngineError({ kind: 'unavailable', code: 'health-timeout', message, hint })
}
