// The end of a network: its rules and its bridge, where they are ours.

import { existsSync } from 'node:fs'
import { findLink, removeLink } from '../os/links.ts'
import { applyFirewall, atBridges, hasRules } from './firewall/apply.ts'
import { networkRemovalText } from './firewall/rules.ts'
import type { NetworkPlace } from './network-place.ts'
import { bridgeOf, isUnmanaged, type NetworkRecord } from './record/network-record.ts'
import { listNetworks } from './record/store.ts'

/** Idempotent. The network's lock is held, and nobody is in it. */
export async function removeBridge(place: NetworkPlace, network: NetworkRecord): Promise<void> {
  if (network.driver !== 'bridge' || isUnmanaged(network)) return
  if (place.bridges !== undefined && !existsSync(place.bridges)) return
  if (atBridges(place.bridges, () => hasRules(network))) {
    await applyFirewall(place.bridges, networkRemovalText(network))
  }
  const bridge = bridgeOf(network)
  const isShared = listNetworks(place.at, place.config).some(
    (other) => other.name !== network.name && other.network_interface === bridge,
  )
  atBridges(place.bridges, () => {
    // A name that was not ours to give may be another's interface.
    if (!isShared && findLink(bridge)?.kind === 'bridge') removeLink(bridge)
  })
}
