// pod prune: removes the pods that have stopped or ended. One that starts meanwhile stays.

import type { Engine } from '../engine.ts'
import { isPodGone } from './find-pod.ts'
import { list } from './list.ts'
import { remove } from './remove.ts'

export interface PodPruneOutcome {
  readonly id: string
  /** Why it stays. */
  readonly error?: unknown
}

/** Newest first. `filters`: as `pod ps` takes them. @throws invalid `filter-invalid` */
export async function prune(engine: Engine, filters: readonly string[] = []): Promise<PodPruneOutcome[]> {
  const outcomes: PodPruneOutcome[] = []
  for (const { pod, state } of list(engine, filters)) {
    if (state !== 'Stopped' && state !== 'Exited') continue
    try {
      await remove(engine, { pod, isForced: false })
      outcomes.push({ id: pod.id })
    } catch (error) {
      if (!isPodGone(error)) outcomes.push({ id: pod.id, error })
    }
  }
  return outcomes
}
