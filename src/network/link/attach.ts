// A container's interface in a network, made from the host's side and furnished from the inside. Synchronous; nothing is started.

import { errnoOf } from '../../base/errors.ts'
import { type IpAddress, ipBytes, parseCidr, parseIp } from '../../base/ip-address.ts'
import {
  addAddresses,
  addLink,
  addRoute,
  findLink,
  type LinkFacts,
  removeLink,
  setHairpin,
  setLink,
  setPortVlan,
} from '../../os/links.ts'
import { inNetworkNamespace, setSysctl } from '../../os/network-namespace.ts'
import type { LeasedAddress } from '../address/lease.ts'
import { ipamDriver, isOptionTrue, type NetworkRecord, numberOption } from '../record/network-record.ts'
import { ensureBridge, interfaceAddress } from './bridge.ts'
import { openNamespace } from './open-namespace.ts'
import { interfaceTaken, makeUnderlying, underlyingRefusal } from './underlying.ts'

export interface AttachRequest {
  readonly network: NetworkRecord
  /** The container's pinned namespace. */
  readonly namespace: string
  /** Inside. */
  readonly name: string
  /** Outside. */
  readonly hostName: string
  readonly mac?: string
  readonly mtu?: number
  readonly addresses: readonly LeasedAddress[]
}

/** Makes and furnishes it; returns what it is like inside. @throws conflict `network-interface-in-use`, and as makeUnderlying */
export function attachInterface(request: AttachRequest): LinkFacts {
  if (request.network.driver === 'bridge') {
    makeVeth(request)
    return furnished(request)
  }
  makeUnderlying(request)
  try {
    return furnished(request)
  } catch (error) {
    throw underlyingRefusal(request.network, error)
  }
}

/** Inside and, with its peer, outside. Idempotent. */
export function detachInterface(namespace: string, name: string): void {
  inNetworkNamespace(namespace, () => removeLink(name))
}

function makeVeth({ network, namespace, name, hostName, mac, mtu }: AttachRequest): void {
  const bridge = ensureBridge(network)
  const size = mtu ?? numberOption(network, 'mtu') ?? bridge.mtu
  using target = openNamespace(namespace)
  const peer = { name, mtu: size, namespaceFd: target.fd, ...(mac === undefined ? {} : { mac }) }
  // A killed start may have left one.
  removeLink(hostName)
  try {
    addLink({ name: hostName, mtu: size, isUp: true, master: bridge.index, kind: { kind: 'veth', peer } })
  } catch (error) {
    throw errnoOf(error) === 'EEXIST' ? interfaceTaken(name) : error
  }
  if (bridge.mtu !== size && mtu === undefined) setLink(bridge.index, { mtu: size })
  const outside = findLink(hostName)
  if (outside === undefined) throw new Error(`interface ${hostName} vanished`)
  // Where bridged packets pass the firewall (br_netfilter), a container's own published port leads it straight back.
  setHairpin(outside.index)
  const vlan = numberOption(network, 'vlan')
  if (vlan !== undefined) setPortVlan(outside.index, vlan, false)
}

function furnished(request: AttachRequest): LinkFacts {
  return inNetworkNamespace(request.namespace, () => {
    const inside = findLink(request.name)
    if (inside === undefined) throw new Error(`interface ${request.name} vanished`)
    furnish(inside, request)
    return inside
  })
}

function furnish(link: LinkFacts, { network, addresses }: AttachRequest): void {
  const { name, index } = link
  // Addresses are ours to give: neither a router of the parent's network nor another container shall.
  setSysctl(`net/ipv6/conf/${name}/autoconf`, '0')
  if (addresses.some(({ address }) => address.family === 6)) {
    setSysctl(`net/ipv6/conf/${name}/accept_dad`, '0')
    setSysctl(`net/ipv6/conf/${name}/accept_ra`, '0')
  }
  setSysctl(`net/ipv4/conf/${name}/arp_notify`, '1')
  addAddresses(addresses.map(({ address, prefix }) => interfaceAddress(index, address, prefix)))
  setLink(index, { isUp: true })
  addDefaultRoutes(
    network,
    addresses.flatMap(({ gateway }) => gateway ?? []),
  )
  const routes = ipamDriver(network) === 'none' ? [] : (network.routes ?? [])
  for (const route of routes) {
    const destination = parseCidr(route.destination)?.subnet
    const gateway = parseIp(route.gateway)
    if (destination === undefined || gateway === undefined) continue
    const metric = route.metric ?? 100
    addRoute({ destination: ipBytes(destination.base), prefix: destination.prefix, gateway: ipBytes(gateway), metric })
  }
}

/** When the network that a container went out by is taken from it, the next one's turn comes. Idempotent. */
export function restoreDefaultRoutes(namespace: string, network: NetworkRecord, gateways: readonly string[]): void {
  const parsed = gateways.flatMap((text) => parseIp(text) ?? [])
  inNetworkNamespace(namespace, () => addDefaultRoutes(network, parsed))
}

/** A container in several networks goes out by the first. */
function addDefaultRoutes(network: NetworkRecord, gateways: readonly IpAddress[]): void {
  if (network.internal || isOptionTrue(network, 'no_default_route')) return
  const metric = numberOption(network, 'metric') ?? 100
  for (const gateway of gateways) {
    addRoute({ destination: zeros(gateway), prefix: 0, gateway: ipBytes(gateway), metric })
  }
}

function zeros({ family }: IpAddress): Buffer {
  return Buffer.alloc(family === 4 ? 4 : 16)
}
