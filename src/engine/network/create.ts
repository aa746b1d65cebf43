// network create: a record; what it speaks of is made when a container needs it.

import { EngineError } from '../../base/errors.ts'
import { completeNetwork, type NewNetwork } from '../../network/record/complete.ts'
import type { NetworkRecord } from '../../network/record/network-record.ts'
import { readNetwork, saveNetwork } from '../../network/record/store.ts'
import { paths } from '../../state/layout.ts'
import { acquireLock } from '../../state/lock.ts'
import type { Engine } from '../engine.ts'

export interface CreateNetworkOptions {
  /** --ignore: one of the name that is there already is as good. */
  readonly isExistingFine: boolean
}

/** Durable when it resolves. @throws as completeNetwork */
export async function create(
  engine: Engine,
  wanted: NewNetwork,
  { isExistingFine }: CreateNetworkOptions,
): Promise<NetworkRecord> {
  const { at, settings, patience } = engine
  using _lock = await acquireLock({ path: paths.networksLock(at), kind: 'network', label: 'the networks' }, patience)
  try {
    const record = completeNetwork(at, settings.network, wanted)
    saveNetwork(at, record)
    const { id, name, driver } = record
    engine.events.append({ type: 'network', status: 'create', id, network: name, attributes: { driver } })
    return record
  } catch (error) {
    const isThere = error instanceof EngineError && error.code === 'network-exists'
    const existing = isThere && isExistingFine ? readNetwork(at, settings.network, wanted.name ?? '') : undefined
    if (existing === undefined) throw error
    return existing
  }
}
