// Readiness: what a container's checks say of whether it is to be given work, and which of two checks runs next.

import { activeCheck, type HealthCheck, type HealthFacet, type RepeatedCheck } from '../../spec/health.ts'
import type { Layout } from '../../state/layout.ts'
import {
  type HealthLogEntry,
  type HealthRecord,
  healthStatus,
  isBeforeStartup,
  type ReadinessState,
  readHealth,
} from './health-record.ts'
import type { StoredContainer } from './stored-container.ts'

/** By its readiness check; else by a regular one that ends nothing; else it is once it has started up. Lock-free. */
export function isReady(at: Layout, container: StoredContainer): boolean {
  if (container.live.status !== 'running') return false
  const { health } = container.stored.spec
  if (health?.readiness !== undefined) return readHealth(at, container.id)?.readiness?.isReady === true
  if (activeCheck(health) !== undefined && health?.onFailure === 'none')
    return healthStatus(at, container) === 'healthy'
  return !isBeforeStartup(at, container)
}

/** What one more result makes of it. Pure. */
export function nextReadiness(
  before: ReadinessState | undefined,
  { successes: needed, retries }: RepeatedCheck,
  { exitCode, endedAt }: Pick<HealthLogEntry, 'exitCode' | 'endedAt'>,
): ReadinessState {
  const { isReady: was = false, successes = 0, failures = 0 } = before ?? {}
  if (exitCode === 0) {
    return { isReady: was || successes + 1 >= needed, successes: successes + 1, failures: 0, endedAt }
  }
  return { isReady: was && failures + 1 < retries, successes: 0, failures: failures + 1, endedAt }
}

export interface NextCheck {
  readonly kind: 'regular' | 'readiness'
  /** Of the clock. */
  readonly dueMs: number
}

/** Of one that has started up. `startedAt`: of its run. Pure. */
export function nextCheck({ check, readiness }: HealthFacet, record: HealthRecord, startedAt: string): NextCheck {
  const regular = { kind: 'regular', dueMs: dueOf(check, record.log.at(-1)?.endedAt, startedAt) } as const
  if (readiness === undefined) return regular
  const ready = { kind: 'readiness', dueMs: dueOf(readiness, record.readiness?.endedAt, startedAt) } as const
  return ready.dueMs < regular.dueMs ? ready : regular
}

/** The earliest time of a check by the timer. Pure. */
export function delayedUntil({ isDelayed, startPeriodNs }: HealthCheck, startedAt: string): number {
  return isDelayed === true ? Date.parse(startedAt) + startPeriodNs / 1e6 : 0
}

function dueOf(check: HealthCheck | undefined, endedAt: string | undefined, startedAt: string): number {
  if (check === undefined || check.intervalNs === 0) return Number.POSITIVE_INFINITY
  const dueMs = endedAt === undefined ? 0 : Date.parse(endedAt) + check.intervalNs / 1e6
  return Math.max(dueMs, delayedUntil(check, startedAt))
}
