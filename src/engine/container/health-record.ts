// What a container's health checks have found: containers/<id>/health.json, replaced whole under the container's lock, read without one. It
// is not synced: after a power cut nothing runs that it could speak of. One that is damaged is none.

import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { activeCheck } from '../../spec/health.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { readRecord, type Versioned, writeRecord } from '../../state/record.ts'
import type { StoredContainer } from './stored-container.ts'

/** `reset`: made by the runtime, its program not yet started. */
export type HealthStatus = 'reset' | 'starting' | 'healthy' | 'unhealthy'

export interface HealthRecord extends Versioned {
  readonly status: HealthStatus
  /** Failures since the last success; those of the start do not count. */
  readonly failingStreak: number
  readonly startup: StartupProgress
  /** Absent before the first readiness check. */
  readonly readiness?: ReadinessState
  /** The newest last. */
  readonly log: readonly HealthLogEntry[]
}

export interface ReadinessState {
  readonly isReady: boolean
  /** Of the same result in a row. */
  readonly successes: number
  readonly failures: number
  /** Of the last check. */
  readonly endedAt: string
}

export interface StartupProgress {
  readonly isPassed: boolean
  readonly successes: number
  readonly failures: number
}

export interface HealthLogEntry {
  readonly startedAt: string
  readonly endedAt: string
  /** 0, 1 for any failure, -1 for one that took too long. */
  readonly exitCode: number
  readonly output: string
}

/** Undefined before the first start. Lock-free. */
export function readHealth(at: Layout, id: string): HealthRecord | undefined {
  try {
    return readRecord<HealthRecord>(join(paths.container(at, id), containerFiles.root.health))
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return undefined
    throw error
  }
}

/** The container's lock is held. */
export function writeHealth(at: Layout, id: string, record: HealthRecord): void {
  const folder = paths.container(at, id)
  const temporary = join(folder, containerFiles.root.healthDraft)
  writeRecord(join(folder, containerFiles.root.health), record, { temporary, durable: false })
}

/** Empty for a container without checks, and before its first start. Lock-free. */
export function healthStatus(at: Layout, { id, stored }: StoredContainer): HealthStatus | '' {
  return activeCheck(stored.spec.health) === undefined ? '' : (readHealth(at, id)?.status ?? '')
}

/** It has a startup check, and has not passed it. Lock-free. */
export function isBeforeStartup(at: Layout, container: StoredContainer): boolean {
  return container.stored.spec.health?.startup !== undefined && healthStatus(at, container) === 'starting'
}
