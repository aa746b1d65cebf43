// The networks as network ls shows them. Takes no lock.

import type { NetworkRecord } from '../../network/record/network-record.ts'
import { listNetworks } from '../../network/record/store.ts'
import type { Engine } from '../engine.ts'
import { compileNetworkFilters } from './filter.ts'
import { usedNetworks } from './network-use.ts'

/** Sorted by name. @throws invalid `filter-invalid` */
export function list(engine: Engine, filters: readonly string[]): NetworkRecord[] {
  const { network } = engine.settings
  const used = filters.some((text) => text.startsWith('dangling')) ? usedNetworks(engine) : new Set<string>()
  const matches = compileNetworkFilters(filters, { used, defaultNetwork: network.defaultNetwork })
  return listNetworks(engine.at, network).filter(matches)
}
