// A restart policy at work: done by whoever the monitor starts at a container's end, so that nothing has to run in between.

import { setTimeout as delay } from 'node:timers/promises'
import { EngineError } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import { isRestartDue, longerPause, restartPauseAfter } from '../../spec/restart.ts'
import type { Engine } from '../engine.ts'
import { isContainerGone, lockContainer } from './lock-container.ts'
import { launch } from './start.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'
import { eventSubject } from './sweep.ts'
import { withPodLock } from './with-pod-lock.ts'

/** Of the start itself: from the first to the last of them at least 102 seconds. */
const mostFailures = 10

/** Whether the end of its last run asks for a new one. */
export function isToBeRestarted({ live, record, stored }: StoredContainer): boolean {
  if (live.status !== 'exited' || live.isLost || live.checkpointedAt !== undefined) return false
  const { exitCode } = live
  const { isStoppedByUser, restartCount, isRestartDue: isUnhealthy } = record
  if (isUnhealthy === true && !isStoppedByUser) return true
  return isRestartDue(stored.spec.restart, { exitCode, isStoppedByUser, restartCount })
}

/**
 * Starts it after a pause, unless it was started, stopped or removed meanwhile; a start that fails is tried again, a few times. No lock is held
 * while it waits. @throws as start does
 */
export async function restartAfterEnd(engine: Engine, container: StoredContainer): Promise<void> {
  let pauseMs = firstPauseMs(container)
  for (let failures = 0; ; pauseMs = longerPause(pauseMs)) {
    await delay(pauseMs, undefined, { signal: engine.signal })
    try {
      return await launchIfStillDue(engine, container, pauseMs)
    } catch (error) {
      if (isGone(error)) return
      failures += 1
      if (failures === mostFailures) throw error
      logDebug(`restarting container ${container.id} has failed, and is tried again`, { error })
    }
  }
}

function isGone(error: unknown): boolean {
  return isContainerGone(error) || (error instanceof EngineError && error.code === 'pod-unknown')
}

async function launchIfStillDue(engine: Engine, target: ContainerRef, restartPauseMs: number): Promise<void> {
  const started = await withPodLock(engine, target, async () => {
    using locked = await lockContainer(engine, target)
    const { container } = locked
    if (!isToBeRestarted(container)) return undefined
    engine.events.append({ ...eventSubject(container), status: 'restart', attributes: container.stored.spec.labels })
    const restartCount = container.record.restartCount + 1
    const how = { isAttached: false, mode: 'run', restartCount, restartPauseMs } as const
    return (await launch(engine, container, { container: target, ...how })).container
  })
  if (started?.stored.spec.lifecycle === undefined) return
  const { runPostStart } = await import('./lifecycle.ts')
  // The end that a failed one brings is its monitor's to act on.
  await runPostStart(engine, started).catch((error: unknown) => logDebug('postStart', { error }))
}

function firstPauseMs({ live, record }: StoredContainer): number {
  const ranMs = live.status === 'exited' ? Date.parse(live.finishedAt) - Date.parse(live.startedAt) : 0
  return restartPauseAfter({ pauseMs: record.restartPauseMs, ranMs })
}
