// network rm: refused while containers are in it, unless they may go with it. Its bridge, its rules and its leases go too.

import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { EngineError, invalid } from '../../base/errors.ts'
import { lockNetwork } from '../../network/bridge-network.ts'
import type { NetworkRecord } from '../../network/record/network-record.ts'
import { findNetwork, listNetworks, removeNetworkRecord } from '../../network/record/store.ts'
import { removeBridge } from '../../network/remove-bridge.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { paths } from '../../state/layout.ts'
import { remove as removeContainer } from '../container/remove.ts'
import type { Engine } from '../engine.ts'
import { networkPlace } from './network-place.ts'
import { containersIn } from './network-use.ts'

export interface RemoveNetworkOptions {
  /** Removes the containers that are in it. */
  readonly isForced: boolean
  readonly timeoutSeconds?: number
}

/** @throws not-found `network-unknown`; conflict `network-in-use`; invalid `network-default` */
export async function remove(engine: Engine, word: string, options: RemoveNetworkOptions): Promise<NetworkRecord> {
  const { at, settings } = engine
  const network = findNetwork(at, settings.network, word)
  if (network.name === settings.network.defaultNetwork) {
    throw invalid('network-default', `default network ${network.name} cannot be removed`)
  }
  await removeContainers(engine, network, { ...options, word })
  using _lock = await lockNetwork(networkPlace(engine), network.name)
  if (containersIn(engine, network.name).length > 0) throw inUse(word)
  await removeBridge(networkPlace(engine), network)
  removeTree(dirname(paths.leases(at, network.name)))
  removeNetworkRecord(at, network.name)
  const { id, name, driver } = network
  engine.events.append({ type: 'network', status: 'remove', id, network: name, attributes: { driver } })
  return network
}

/** Of all networks, also the default one: for a reset. Idempotent. */
export async function removeBridges(engine: Engine): Promise<void> {
  const place = networkPlace(engine)
  for (const network of listNetworks(engine.at, engine.settings.network)) {
    if (!existsSync(dirname(paths.leases(engine.at, network.name)))) continue
    using _lock = await lockNetwork(place, network.name)
    await removeBridge(place, network)
  }
}

async function removeContainers(
  engine: Engine,
  { name }: NetworkRecord,
  { isForced, timeoutSeconds, word }: RemoveNetworkOptions & { readonly word: string },
): Promise<void> {
  const users = containersIn(engine, name)
  if (users.length > 0 && !isForced) throw inUse(word)
  for (const container of users) {
    const timeout = timeoutSeconds === undefined ? {} : { timeoutSeconds }
    await removeContainer(engine, { container, isForced: true, removesDependents: true, ...timeout })
  }
}

function inUse(word: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'network-in-use',
    message: `${JSON.stringify(word)} has associated containers with it. Use -f to forcibly delete containers and pods: network is being used`,
  })
}
