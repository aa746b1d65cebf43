// Health at the start of a container, which knows nothing of its earlier runs. Loaded for containers with a check.

import { activeCheck, type HealthFacet } from '../../spec/health.ts'
import { currentSchema } from '../../state/record.ts'
import type { Engine } from '../engine.ts'
import { writeHealthLog } from './health-log.ts'
import { type HealthRecord, writeHealth } from './health-record.ts'
import { wakeTimer, writeInterval } from './health-timer.ts'

interface Beginner {
  readonly id: string
  readonly health: HealthFacet
}

const notStarted = { isPassed: false, successes: 0, failures: 0 } as const

export function firstHealth(status: HealthRecord['status']): HealthRecord {
  return { schema: currentSchema, status, failingStreak: 0, startup: notStarted, log: [] }
}

/** Before the monitor starts, which checks as soon as the program runs, unless it is only made. The container's lock is held. */
export function beginHealth({ at }: Engine, { id, health }: Beginner, mode: 'run' | 'create'): void {
  if (activeCheck(health) === undefined) return
  const record = firstHealth(mode === 'run' ? 'starting' : 'reset')
  writeHealth(at, id, record)
  writeHealthLog(health, id, record)
  if (mode === 'run') writeInterval(at, id, { health, progress: notStarted })
}

/** Its program, which was made earlier, has been started. The container's lock is held. */
export async function startHealth({ at }: Engine, { id, health }: Beginner): Promise<void> {
  if (activeCheck(health) === undefined) return
  writeHealth(at, id, firstHealth('starting'))
  writeInterval(at, id, { health, progress: notStarted })
  await wakeTimer(at, id)
}
