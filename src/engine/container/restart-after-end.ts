// A restart policy at work: done by whoever the monitor starts at a container's end, so that nothing has to run in between.

import { setTimeout as delay } from 'node:timers/promises'
import { isRestartDue } from '../../spec/restart.ts'
import type { Engine } from '../engine.ts'
import { isContainerGone, lockContainer } from './lock-container.ts'
import { launch } from './start.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

/** The first restart comes at once; a program that ends again and again waits twice as long each time. */
const leastPauseMs = 100
const mostPauseMs = 60_000
/** Who ran so long was no failure of a start: the count for the pause begins anew. */
const steadyMs = 10_000

/** Whether the end of its last run asks for a new one. */
export function isToBeRestarted({ live, record, stored }: StoredContainer): boolean {
  if (live.status !== 'exited' || live.isLost || live.checkpointedAt !== undefined) return false
  const { exitCode } = live
  const { isStoppedByUser, restartCount, isRestartDue: isUnhealthy } = record
  if (isUnhealthy === true && !isStoppedByUser) return true
  return isRestartDue(stored.spec.restart, { exitCode, isStoppedByUser, restartCount })
}

/** Starts it after a pause, unless it was started, stopped or removed meanwhile. No lock is held while it waits. @throws as start does */
export async function restartAfterEnd(engine: Engine, container: StoredContainer): Promise<void> {
  await delay(pauseMs(container), undefined, { signal: engine.signal })
  try {
    await launchIfStillDue(engine, container)
  } catch (error) {
    if (!isContainerGone(error)) throw error
  }
}

async function launchIfStillDue(engine: Engine, target: ContainerRef): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  if (!isToBeRestarted(container)) return
  engine.events.append({ ...eventSubject(container), status: 'restart', attributes: container.stored.spec.labels })
  const restartCount = container.record.restartCount + 1
  await launch(engine, container, { container: target, isAttached: false, mode: 'run', restartCount })
}

function pauseMs({ live, record }: StoredContainer): number {
  if (record.restartCount === 0 || live.status !== 'exited') return 0
  const ranMs = Date.parse(live.finishedAt) - Date.parse(live.startedAt)
  if (ranMs >= steadyMs) return 0
  return Math.min(mostPauseMs, leastPauseMs * 2 ** Math.min(record.restartCount - 1, 10))
}
