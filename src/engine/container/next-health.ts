// What one more result of a health check makes of a container's health. Pure.

import type { HealthCheck, HealthFacet, StartupCheck } from '../../spec/health.ts'
import type { HealthLogEntry, HealthRecord, StartupProgress } from './health-record.ts'

export interface NextHealth {
  readonly record: HealthRecord
  /** The startup check has succeeded for good. */
  readonly hasStartedUp: boolean
  /** What the health asks for; of a startup check that failed too often what that says, whatever the action for others. */
  readonly action: HealthFacet['onFailure']
}

export interface ProbeFacts {
  readonly health: HealthFacet
  readonly check: HealthCheck
  /** Where that is what ran. */
  readonly startup: StartupCheck | undefined
  readonly entry: HealthLogEntry
  /** When the container's program was started. */
  readonly containerStartedAt: string
}

export function nextHealth(before: HealthRecord, facts: ProbeFacts): NextHealth {
  const { startup, health } = facts
  const judged = judge(before, facts)
  if (startup === undefined) return { record: judged, hasStartedUp: false, action: actionOf(judged, health) }
  const isSuccess = facts.entry.exitCode === 0
  const progress = isSuccess ? succeeded(before.startup, startup) : failed(before.startup)
  const isGivenUp = !isSuccess && startup.retries > 0 && progress.failures >= startup.retries
  return {
    record: { ...judged, startup: progress },
    hasStartedUp: progress.isPassed,
    action: isGivenUp ? (startup.onFailure ?? 'restart') : 'none',
  }
}

function actionOf({ status }: HealthRecord, { onFailure }: HealthFacet): HealthFacet['onFailure'] {
  return status === 'unhealthy' ? onFailure : 'none'
}

/** A success is one at any time; failures count when the start is over. */
function judge(before: HealthRecord, facts: ProbeFacts): HealthRecord {
  const { entry, check, health } = facts
  const log = [...before.log, shortened(entry, health.maxLogSize)].slice(
    -(health.maxLogCount || Number.MAX_SAFE_INTEGER),
  )
  if (entry.exitCode === 0) return { ...before, status: 'healthy', failingStreak: 0, log }
  if (facts.startup !== undefined || isInStartPeriod(facts)) return { ...before, log }
  const failingStreak = before.failingStreak + 1
  return { ...before, status: failingStreak >= check.retries ? 'unhealthy' : before.status, failingStreak, log }
}

function isInStartPeriod({ check, entry, containerStartedAt }: ProbeFacts): boolean {
  return Date.parse(entry.startedAt) < Date.parse(containerStartedAt) + check.startPeriodNs / 1e6
}

function shortened(entry: HealthLogEntry, maxLogSize: number): HealthLogEntry {
  if (maxLogSize === 0 || entry.output.length <= maxLogSize) return entry
  return { ...entry, output: entry.output.slice(0, maxLogSize).toWellFormed() }
}

function succeeded(before: StartupProgress, startup: StartupCheck): StartupProgress {
  const successes = before.successes + 1
  const isPassed = successes >= startup.successes
  return isPassed ? { isPassed, successes: 0, failures: 0 } : { ...before, successes, failures: 0 }
}

function failed(before: StartupProgress): StartupProgress {
  return { ...before, successes: 0, failures: before.failures + 1 }
}
