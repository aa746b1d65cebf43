// Restarting a pod: stopped if it runs, then started.

import type { Engine } from '../engine.ts'
import { lockPod, shareLock } from './lock-pod.ts'
import { announcePod } from './on-members.ts'
import type { PodRecord } from './pod-record.ts'
import { startWith } from './start.ts'
import { stopLocked, stopMembers } from './stop.ts'

/** @throws as start and stop do */
export async function restart(engine: Engine, target: Pick<PodRecord, 'id' | 'name'>): Promise<void> {
  await stopMembers(engine, target, {})
  const locked = await lockPod(engine, target)
  using lock = shareLock(engine, locked)
  await stopLocked(engine, locked.pod, {})
  await startWith(engine, locked.pod, lock)
  announcePod(engine, locked.pod, 'restart')
}
