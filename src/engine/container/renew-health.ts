// What `update` means for the health of a container that runs: a check that is new begins, another interval counts at once.

import { activeCheck, type HealthFacet } from '../../spec/health.ts'
import type { Engine } from '../engine.ts'
import { firstHealth } from './begin-health.ts'
import { readHealth, type StartupProgress, writeHealth } from './health-record.ts'
import { wakeTimer, writeInterval } from './health-timer.ts'

export interface ChangedHealth {
  readonly before: HealthFacet | undefined
  readonly after: HealthFacet
}

/** The container runs, and its lock is held. */
export async function renewHealth({ at }: Engine, id: string, changed: ChangedHealth): Promise<void> {
  const { before, after } = changed
  const record = activeCheck(before) === undefined ? undefined : readHealth(at, id)
  const current = record ?? firstHealth('starting')
  const progress = progressAfter(current.startup, changed)
  if (activeCheck(after) !== undefined && (record === undefined || progress !== current.startup)) {
    writeHealth(at, id, { ...current, startup: progress })
  }
  writeInterval(at, id, { health: after, progress })
  if (hasNewTimes(changed)) await wakeTimer(at, id)
}

/** A startup check that comes late is passed: the start is over. One with other times begins to count anew. */
function progressAfter(progress: StartupProgress, { before, after }: ChangedHealth): StartupProgress {
  if (after.startup === undefined || progress.isPassed) return progress
  const isOver = before?.startup === undefined
  if (!isOver && before.startup?.intervalNs === after.startup.intervalNs) return progress
  return { isPassed: isOver, successes: 0, failures: 0 }
}

function hasNewTimes({ before, after }: ChangedHealth): boolean {
  return (
    activeCheck(before)?.intervalNs !== activeCheck(after)?.intervalNs ||
    before?.startup?.intervalNs !== after.startup?.intervalNs
  )
}
