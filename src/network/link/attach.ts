// A container's interface in a network, made from the host's side and furnished from the inside. Synchronous; nothing is started.

import { closeSync, openSync } from 'node:fs'
import { EngineError, errnoOf } from '../../base/errors.ts'
import { type IpAddress, ipBytes, parseCidr, parseIp } from '../../base/ip-address.ts'
import { defaultRouteInterface } from '../../os/default-route.ts'
import {
  addAddresses,
  addLink,
  addRoute,
  findLink,
  type LinkFacts,
  type LinkKind,
  removeLink,
  setHairpin,
  setLink,
  setPortVlan,
} from '../../os/links.ts'
import { inNetworkNamespace, setSysctl } from '../../os/network-namespace.ts'
import type { LeasedAddress } from '../address/lease.ts'
import { conflict } from '../conflict.ts'
import { ipvlanModes, macvlanModes } from '../record/driver-options.ts'
import { isOptionTrue, type NetworkRecord, numberOption } from '../record/network-record.ts'
import { ensureBridge, interfaceAddress } from './bridge.ts'

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

/** Makes and furnishes it; returns what it is like inside. @throws conflict `network-interface-in-use` */
export function attachInterface(request: AttachRequest): LinkFacts {
  const { namespace, name } = request
  if (request.network.driver === 'bridge') makeVeth(request)
  else makeUnderlying(request)
  return inNetworkNamespace(namespace, () => {
    const inside = findLink(name)
    if (inside === undefined) throw new Error(`interface ${name} vanished`)
    furnish(inside, request)
    return inside
  })
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
  refuseTaken(name, () =>
    addLink({ name: hostName, mtu: size, isUp: true, master: bridge.index, kind: { kind: 'veth', peer } }),
  )
  if (bridge.mtu !== size && mtu === undefined) setLink(bridge.index, { mtu: size })
  const outside = findLink(hostName)
  if (outside === undefined) throw new Error(`interface ${hostName} vanished`)
  // Where bridged packets pass the firewall (br_netfilter), a container's own published port leads it straight back.
  setHairpin(outside.index)
  const vlan = numberOption(network, 'vlan')
  if (vlan !== undefined) setPortVlan(outside.index, vlan, false)
}

function makeUnderlying({ network, namespace, name, hostName, mac, mtu }: AttachRequest): void {
  const parent = parentOf(network)
  const size = mtu ?? numberOption(network, 'mtu')
  const own = { ...(size === undefined ? {} : { mtu: size }), ...(mac === undefined ? {} : { mac }) }
  using target = openNamespace(namespace)
  refuseTaken(
    name,
    () => addLink({ name, ...own, namespaceFd: target.fd, kind: kindOf(network, parent.index) }),
    network,
  )
  removeLink(hostName)
}

function kindOf({ driver, options = {} }: NetworkRecord, parent: number): LinkKind {
  const mode = options['mode']
  if (driver === 'ipvlan')
    return { kind: 'ipvlan', parent, mode: ipvlanModes[(mode ?? 'l2') as keyof typeof ipvlanModes] }
  const queueLength = options['bclim']
  return {
    kind: 'macvlan',
    parent,
    mode: macvlanModes[(mode ?? 'bridge') as keyof typeof macvlanModes],
    ...(queueLength === undefined ? {} : { queueLength: Number(queueLength) }),
  }
}

/** The interface of the default route, where none is named. */
function parentOf({ name, network_interface: wanted }: NetworkRecord): LinkFacts {
  const parent = wanted === undefined || wanted === '' ? defaultRouteInterface() : wanted
  const link = parent === undefined ? undefined : findLink(parent)
  if (link !== undefined) return link
  throw conflict(
    'network-parent-missing',
    parent === undefined
      ? `no default route gives network ${name} a parent interface`
      : `parent interface ${parent} of network ${name} does not exist`,
    'Name one: network create --opt parent=INTERFACE',
  )
}

function refuseTaken(name: string, make: () => void, network?: NetworkRecord): void {
  try {
    make()
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'EEXIST')
      throw conflict('network-interface-in-use', `interface ${name} already exists in the container`)
    if ((errno !== 'EOPNOTSUPP' && errno !== 'ENODEV') || network === undefined) throw error
    throw new EngineError({
      kind: 'unsupported',
      code: 'network-driver-unsupported',
      message: `this kernel has no ${network.driver} interfaces`,
      cause: error,
    })
  }
}

function furnish(link: LinkFacts, { network, addresses }: AttachRequest): void {
  const { name, index } = link
  if (addresses.some(({ address }) => address.family === 6)) {
    setSysctl(`net/ipv6/conf/${name}/accept_dad`, '0')
    setSysctl(`net/ipv6/conf/${name}/accept_ra`, '0')
  }
  setSysctl(`net/ipv4/conf/${name}/arp_notify`, '1')
  addAddresses(addresses.map(({ address, prefix }) => interfaceAddress(index, address, prefix)))
  setLink(index, { isUp: true })
  addDefaultRoutes(network, addresses)
  for (const route of network.routes ?? []) {
    const destination = parseCidr(route.destination)?.subnet
    const gateway = parseIp(route.gateway)
    if (destination === undefined || gateway === undefined) continue
    const metric = route.metric ?? 100
    addRoute({ destination: ipBytes(destination.base), prefix: destination.prefix, gateway: ipBytes(gateway), metric })
  }
}

/** A container in several networks goes out by the first. */
function addDefaultRoutes(network: NetworkRecord, addresses: readonly LeasedAddress[]): void {
  if (network.internal || isOptionTrue(network, 'no_default_route')) return
  const metric = numberOption(network, 'metric') ?? 100
  for (const { gateway } of addresses) {
    if (gateway === undefined) continue
    addRoute({ destination: zeros(gateway), prefix: 0, gateway: ipBytes(gateway), metric })
  }
}

function zeros({ family }: IpAddress): Buffer {
  return Buffer.alloc(family === 4 ? 4 : 16)
}

function openNamespace(path: string): Disposable & { readonly fd: number } {
  const fd = openSync(path, 'r')
  return { fd, [Symbol.dispose]: () => closeSync(fd) }
}
