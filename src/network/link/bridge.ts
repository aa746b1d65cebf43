// The host's side of a bridge network: the bridge with the gateways' addresses on it. Made when it is first needed, and found or made
// again at every start, for others may take it away. All of this is synchronous, in the namespace that we are in.

import { errnoOf } from '../../base/errors.ts'
import { type IpAddress, ipBytes, ipFromBytes, lastOf, printIp } from '../../base/ip-address.ts'
import {
  addAddresses,
  addLink,
  findLink,
  type LinkFacts,
  listAddresses,
  listLinks,
  type NewAddress,
  setLink,
  setPortVlan,
} from '../../os/links.ts'
import { setSysctl } from '../../os/network-namespace.ts'
import { conflict } from '../conflict.ts'
import {
  bridgeOf,
  isUnmanaged,
  type NetworkRecord,
  numberOption,
  type ParsedSubnet,
  subnetsOf,
} from '../record/network-record.ts'

/** Idempotent. @throws conflict `network-interface-in-use` when its name is that of another kind of interface */
export function ensureBridge(network: NetworkRecord): LinkFacts {
  const name = bridgeOf(network)
  const found = findLink(name)
  if (found !== undefined && found.kind !== 'bridge') {
    throw conflict(
      'network-interface-in-use',
      `the interface ${name} of network ${network.name} exists and is no bridge`,
    )
  }
  if (isUnmanaged(network)) {
    if (found === undefined) throw conflict('network-bridge-missing', `the unmanaged bridge ${name} does not exist`)
    return found
  }
  return found?.isUp === true ? found : makeBridge(network)
}

/** Or ends what somebody who was killed has begun: up, it is whole. */
function makeBridge(network: NetworkRecord): LinkFacts {
  const name = bridgeOf(network)
  const vlan = numberOption(network, 'vlan')
  const mtu = numberOption(network, 'mtu')
  const subnets = subnetsOf(network)
  checkGateways(network, subnets)
  try {
    addLink({ name, kind: { kind: 'bridge', isVlanAware: vlan !== undefined }, ...(mtu === undefined ? {} : { mtu }) })
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
  const bridge = findLink(name)
  if (bridge === undefined) throw new Error(`bridge ${name} vanished`)
  setSysctls(name, subnets)
  addAddresses(subnets.flatMap((subnet) => gatewayAddress(bridge.index, subnet)))
  if (vlan !== undefined) setPortVlan(bridge.index, vlan, true)
  setLink(bridge.index, { isUp: true })
  return bridge
}

/** Of two interfaces with one address neither would be reached: a store of its own may have the same network. */
function checkGateways({ name, network_interface: bridge }: NetworkRecord, subnets: readonly ParsedSubnet[]): void {
  const gateways = subnets.flatMap(({ gateway }) => (gateway === undefined ? [] : [printIp(gateway)]))
  const found = listAddresses().find(({ bytes }) => gateways.includes(printIp(ipFromBytes(bytes))))
  if (found === undefined) return
  const owner = listLinks().find(({ index }) => index === found.index)?.name
  if (owner === bridge) return
  throw conflict(
    'network-address-in-use',
    `the gateway ${printIp(ipFromBytes(found.bytes))} of network ${name} is the address of the interface ${owner} already`,
    'Use another network with a subnet of its own, or take that interface away.',
  )
}

function gatewayAddress(index: number, { subnet, gateway }: ParsedSubnet): NewAddress[] {
  return gateway === undefined ? [] : [interfaceAddress(index, gateway, subnet.prefix)]
}

export function interfaceAddress(index: number, address: IpAddress, prefix: number): NewAddress {
  const last = lastOf({ base: address, prefix })
  const hasBroadcast = address.family === 4 && prefix < 31
  return { index, prefix, bytes: ipBytes(address), ...(hasBroadcast ? { broadcast: ipBytes(last) } : {}) }
}

/** route_localnet: what is sent to 127.0.0.1 and published may leave by the bridge. */
function setSysctls(bridge: string, subnets: readonly ParsedSubnet[]): void {
  setSysctl(`net/ipv4/conf/${bridge}/route_localnet`, '1')
  setSysctl(`net/ipv4/conf/${bridge}/rp_filter`, '2')
  setSysctl('net/ipv4/ip_forward', '1')
  if (subnets.some(({ subnet }) => subnet.base.family === 6)) {
    setSysctl(`net/ipv6/conf/${bridge}/accept_dad`, '0')
    setSysctl(`net/ipv6/conf/${bridge}/accept_ra`, '0')
    setSysctl('net/ipv6/conf/all/forwarding', '1')
  }
}
