// Restarting a pod: stopped if it runs, then started.

import type { Engine } from '../engine.ts'
import { lockPod } from './lock-pod.ts'
import { announcePod } from './on-members.ts'
import type { PodRecord } from './pod-record.ts'
import { startLocked } from './start.ts'
import { stopLocked } from './stop.ts'

/** @throws as start and stop do */
export async function restart(engine: Engine, target: Pick<PodRecord, 'id' | 'name'>): Promise<void> {
  using locked = await lockPod(engine, target)
  await stopLocked(engine, locked.pod, {})
  await startLocked(engine, locked.pod)
  announcePod(engine, locked.pod, 'restart')
}
