// A container's published ports in the firewall, and the rules of its networks: said when they are missing, and with them, for they went
// together, the ports of all containers that run.

import { existsSync, readdirSync } from 'node:fs'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import type { PortMapping } from '../../spec/network.ts'
import { paths } from '../../state/layout.ts'
import { type ContainerInterface, readContainerNetwork } from '../container-network.ts'
import type { NetworkPlace } from '../network-place.ts'
import { isUnmanaged, type NetworkRecord } from '../record/network-record.ts'
import { readNetwork } from '../record/store.ts'
import { applyFirewall, atBridges, hasRules } from './apply.ts'
import { entranceElement, entrancesText } from './entrances.ts'
import {
  addElementsText,
  deleteElementsText,
  deleteKeysText,
  networksText,
  type PortElement,
  type PortTarget,
  portElements,
} from './rules.ts'

export interface Published {
  readonly ports: readonly PortMapping[]
  readonly interfaces: readonly ContainerInterface[]
  /** By which the ports come in, where an ordinary user's bridges lie. */
  readonly entrance?: string
}

/** Starts nft only where something is missing or published. Idempotent. @throws as applyFirewall */
export async function ensureRules(
  place: NetworkPlace,
  wanted: Published & { readonly networks: readonly NetworkRecord[]; readonly isForced?: boolean },
): Promise<void> {
  const own = elementsOf(place, wanted)
  const bridged = wanted.networks.filter(isBehindFirewall)
  const missing = atBridges(place.bridges, () =>
    bridged.filter((network) => wanted.isForced === true || !hasRules(network)),
  )
  if (missing.length === 0 && own.length === 0) return
  const rules = missing.length === 0 ? '' : rulesText(place, missing)
  const others = missing.length === 0 ? [] : elementsOfOthers(place, own)
  try {
    await applyFirewall(place.bridges, `${rules}${addElementsText(own)}${addElementsText(others)}`)
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'port-in-use') throw error
    // Left by what is no more: whoever lives holds the port itself, and we have got it.
    await applyFirewall(place.bridges, `${rules}${deleteKeysText(own)}${addElementsText(own)}`)
  }
}

/** Idempotent. */
export async function removePorts(place: NetworkPlace, published: Published): Promise<void> {
  const elements = elementsOf(place, published)
  // An ordinary user's bridges go with their namespace.
  const hasNoPlace = place.bridges !== undefined && !existsSync(place.bridges)
  if (elements.length === 0 || hasNoPlace) return
  try {
    await applyFirewall(place.bridges, deleteElementsText(elements))
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    // The key is another's by now; or without nft nothing can be said, and whoever publishes the port next replaces what stayed.
    if (error.code === 'port-in-use' || error.code === 'network-helper-missing') return
    const isGone = error.code === 'firewall-refused' && error.message.includes('No such file')
    if (!isGone) throw error
  }
}

/** The first address of each family: networks stand in the order of the user's. */
function portTarget(interfaces: readonly ContainerInterface[]): PortTarget {
  const all = interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address))
  const ipv4 = all.find((address) => !address.includes(':'))
  const ipv6 = all.find((address) => address.includes(':'))
  return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) }
}

function rulesText({ bridges, config }: NetworkPlace, networks: readonly NetworkRecord[]): string {
  return `${networksText(networks, config.dnsPort)}${bridges === undefined ? '' : entrancesText}`
}

/** To others' bridges and to macvlan and ipvlan interfaces, which the host does not reach, none leads. */
function elementsOf({ at, config, bridges }: NetworkPlace, { ports, interfaces, entrance }: Published): PortElement[] {
  if (ports.length === 0) return []
  const reached = interfaces.filter(({ network: name }) => {
    const network = readNetwork(at, config, name)
    return network !== undefined && isBehindFirewall(network)
  })
  const published = portElements(ports, { ...portTarget(reached), isForwarded: bridges !== undefined })
  return entrance === undefined ? published : [...published, entranceElement(entrance)]
}

function isBehindFirewall(network: NetworkRecord): boolean {
  return network.driver === 'bridge' && !isUnmanaged(network)
}

/** Of what runs: after a reload of the host's firewall all of it is gone. */
function elementsOfOthers(place: NetworkPlace, own: readonly PortElement[]): PortElement[] {
  const ids = absentAsUndefined(() => readdirSync(paths.runContainers(place.at))) ?? []
  const known = new Set(own.map(({ map, key }) => `${map} ${key}`))
  const all = ids.flatMap((id) => {
    const network = readContainerNetwork(place.at, id)
    return network?.kind === 'bridge' ? elementsOf(place, network) : []
  })
  return all.filter(({ map, key }) => {
    const name = `${map} ${key}`
    if (known.has(name)) return false
    known.add(name)
    return true
  })
}
