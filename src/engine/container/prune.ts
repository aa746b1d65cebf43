// container prune: removes what does not run. One that starts meanwhile stays.

import type { Engine } from '../engine.ts'
import { isWorking } from '../working/is-working.ts'
import { compilePruneFilters } from './container-filter.ts'
import { isContainerGone, isStateImproper } from './lock-container.ts'
import { remove } from './remove.ts'
import { allContainers } from './select.ts'
import type { StoredContainer } from './stored-container.ts'

export interface PruneOutcome {
  readonly id: string
  /** Why it stays. */
  readonly error?: unknown
}

/** Newest first. @throws invalid `filter-invalid` */
export async function prune(engine: Engine, filters: readonly string[]): Promise<PruneOutcome[]> {
  const matches = compilePruneFilters(engine, filters)
  const outcomes: PruneOutcome[] = []
  for (const container of allContainers(engine.at)) {
    if (!isPrunable(container) || !matches(container)) continue
    const outcome = await pruneOne(engine, container)
    if (outcome !== undefined) outcomes.push(outcome)
  }
  return outcomes
}

function isPrunable(container: StoredContainer): boolean {
  const { live } = container
  if (isWorking(container)) return false
  return live.status === 'exited' || (live.status === 'created' && !live.isUnsettled)
}

async function pruneOne(engine: Engine, container: StoredContainer): Promise<PruneOutcome | undefined> {
  const { id } = container
  try {
    await remove(engine, { container, isForced: false, removesDependents: false })
    return { id }
  } catch (error) {
    if (isContainerGone(error) || isStateImproper(error)) return undefined
    return { id, error }
  }
}
