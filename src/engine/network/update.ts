// network update: the name servers that a network's own one asks.

import { type EngineError, invalid } from '../../base/errors.ts'
import { parseIp } from '../../base/ip-address.ts'
import { lockNetwork } from '../../network/bridge-network.ts'
import { refreshServer } from '../../network/names/name-server.ts'
import { findNetwork, saveNetwork } from '../../network/record/store.ts'
import type { Engine } from '../engine.ts'
import { networkPlace } from './network-place.ts'

export interface NetworkChanges {
  readonly addedServers: readonly string[]
  readonly droppedServers: readonly string[]
}

/** @throws not-found `network-unknown`; invalid `network-invalid` */
export async function update(engine: Engine, word: string, changes: NetworkChanges): Promise<void> {
  const { name } = findNetwork(engine.at, engine.settings.network, word)
  const { addedServers, droppedServers } = changes
  addedServers.forEach((server) => checkServer(server, 'AddDNSServer'))
  droppedServers.forEach((server) => checkServer(server, 'RemoveDNSServer'))
  const place = networkPlace(engine)
  using _lock = await lockNetwork(place, name)
  const network = findNetwork(engine.at, engine.settings.network, name)
  const before = network.network_dns_servers ?? []
  const kept = before.filter((server) => !droppedServers.includes(server))
  const after = [...new Set([...kept, ...addedServers])]
  if (after.join() === before.join()) return
  const changed = { ...network, network_dns_servers: after }
  saveNetwork(engine.at, changed)
  await refreshServer(place, changed)
}

function checkServer(text: string, where: string): void {
  if (parseIp(text) === undefined) throw unparsable(text, where)
}

function unparsable(text: string, where: string): EngineError {
  return invalid('network-invalid', `unable to parse ip ${text} specified in ${where}: invalid argument`)
}
