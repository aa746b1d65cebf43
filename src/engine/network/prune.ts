// network prune: those that no container is in.

import { listNetworks } from '../../network/record/store.ts'
import type { Engine } from '../engine.ts'
import { compilePruneFilters } from './filter.ts'
import { usedNetworks } from './network-use.ts'
import { remove } from './remove.ts'

export interface PrunedNetwork {
  readonly name: string
  readonly error?: unknown
}

/** @throws invalid `filter-invalid` */
export async function prune(engine: Engine, filters: readonly string[]): Promise<PrunedNetwork[]> {
  const { network } = engine.settings
  const used = usedNetworks(engine)
  const matches = compilePruneFilters(filters, { used, defaultNetwork: network.defaultNetwork })
  const doomed = listNetworks(engine.at, network).filter(
    (record) => !used.has(record.name) && record.name !== network.defaultNetwork && matches(record),
  )
  const outcomes: PrunedNetwork[] = []
  for (const { name } of doomed) {
    try {
      await remove(engine, name, { isForced: false })
      outcomes.push({ name })
    } catch (error) {
      outcomes.push({ name, error })
    }
  }
  return outcomes
}
