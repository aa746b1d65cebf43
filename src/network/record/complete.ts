// A network that is to be made: checked, and its gaps filled in, as podman does. The caller holds networksLock.

import { randomBytes } from 'node:crypto'
import { EngineError, invalid } from '../../base/errors.ts'
import {
  addressAt,
  doOverlap,
  type IpSubnet,
  ipFromBytes,
  isInSubnet,
  parseCidr,
  parseIp,
  printIp,
  printSubnet,
  subnetOf,
} from '../../base/ip-address.ts'
import { objectName } from '../../base/object-name.ts'
import { listAddresses, listLinks } from '../../os/links.ts'
import type { Layout } from '../../state/layout.ts'
import type { NetworkConfig, SubnetPool } from '../network-config.ts'
import { checkDriverOptions } from './driver-options.ts'
import { isUnmanaged, type NetworkRecord, type NetworkSubnet } from './network-record.ts'
import { listNetworks } from './store.ts'

export type NewNetwork = Omit<NetworkRecord, 'name' | 'id' | 'created'> & { readonly name: string | undefined }

interface Known {
  readonly networks: readonly NetworkRecord[]
  readonly links: readonly string[]
}

const reserved = ['none', 'host', 'bridge', 'private', 'slirp4netns', 'pasta', 'container', 'ns', 'default']

/** @throws invalid `network-invalid`; already-exists `network-exists`; unsupported `network-driver-unknown` */
export function completeNetwork(at: Layout, config: NetworkConfig, wanted: NewNetwork): NetworkRecord {
  const known = { networks: listNetworks(at, config), links: listLinks().map(({ name }) => name) }
  const driven = checkDriverOptions(withName(wanted, known), known.links)
  const bridged = driven.driver === 'bridge' ? completeBridge(driven, { known, pools: config.subnetPools }) : driven
  const dns = bridged.ipam_options?.['driver'] === 'none' ? { ...bridged, dns_enabled: false } : bridged
  checkDnsServers(dns)
  dns.routes?.forEach(checkRoute)
  return ordered({
    ...dns,
    ...checkedSubnets(dns, known),
    id: randomBytes(32).toString('hex'),
    created: new Date().toISOString(),
  })
}

/** A network without a name, and its bridge, are called alike. */
function withName(wanted: NewNetwork, known: Known): Named {
  if (wanted.name !== undefined) return dockerOptions({ ...wanted, name: checkName(wanted.name, known) })
  const name = freeDeviceName(known)
  return { ...(wanted.driver === 'bridge' ? { network_interface: name } : {}), ...dockerOptions({ ...wanted, name }) }
}

/** Keys in podman's order. */
function ordered(record: NetworkRecord): NetworkRecord {
  const keys = [
    'name',
    'id',
    'driver',
    'network_interface',
    'created',
    'subnets',
    'routes',
    'ipv6_enabled',
    'internal',
    'dns_enabled',
    'network_dns_servers',
    'labels',
    'options',
    'ipam_options',
  ] as const
  const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0
  const entries = keys.flatMap((key) => (record[key] === undefined || isEmpty(record[key]) ? [] : [[key, record[key]]]))
  return Object.fromEntries(entries) as NetworkRecord
}

function checkName(name: string, { networks }: Known): string {
  if (reserved.includes(name)) {
    throw invalid(
      'network-invalid',
      `cannot create network with name ${JSON.stringify(name)} because it conflicts with a valid network mode`,
    )
  }
  if (!objectName.test(name)) throw invalid('network-invalid', `network name ${name} invalid: ${nameRule}`)
  if (!networks.some((network) => network.name === name)) return name
  throw new EngineError({
    kind: 'already-exists',
    code: 'network-exists',
    message: `network name ${name} already used: network already exists`,
  })
}

const nameRule = 'names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument'

/** 0 is the default network's. */
function freeDeviceName({ networks, links }: Known): string {
  const taken = new Set([...links, ...networks.flatMap((network) => [network.name, network.network_interface ?? ''])])
  for (let number = 1; ; number += 1) if (!taken.has(`podman${number}`)) return `podman${number}`
}

function dockerOptions(wanted: NewNetwork & { readonly name: string }): NewNetwork & { readonly name: string } {
  if (wanted.driver !== 'bridge') return wanted
  const {
    'com.docker.network.bridge.name': bridge,
    'com.docker.network.driver.mtu': mtu,
    ...options
  } = wanted.options ?? {}
  return {
    ...wanted,
    ...(bridge === undefined ? {} : { network_interface: bridge }),
    options: { ...options, ...(mtu === undefined ? {} : { mtu }) },
  }
}

type Named = NewNetwork & { readonly name: string }

function completeBridge(wanted: Named, { known, pools }: { known: Known; pools: readonly SubnetPool[] }): Named {
  const bridge = wanted.network_interface ?? freeDeviceName(known)
  if (!objectName.test(bridge)) throw invalid('network-invalid', `bridge name ${bridge} invalid: ${nameRule}`)
  if (bridge.length > 15) throw invalid('network-invalid', `bridge name ${bridge} is longer than 15 characters`)
  const isTaken = known.networks.some((other) => other.network_interface === bridge && other.driver === 'bridge')
  // Several networks may share a bridge with a VLAN each.
  if (isTaken && (wanted.options?.['vlan'] ?? '0') === '0') {
    throw invalid('network-invalid', `bridge name ${bridge} already in use`)
  }
  const driver = wanted.ipam_options?.['driver'] ?? 'host-local'
  const filled = { ...wanted, network_interface: bridge, ipam_options: { ...wanted.ipam_options, driver } }
  return driver === 'host-local' ? { ...filled, subnets: completeSubnets(filled, { known, pools }) } : filled
}

function completeSubnets(
  { subnets = [], ipv6_enabled: isDual }: Named,
  { known, pools }: { known: Known; pools: readonly SubnetPool[] },
): NetworkSubnet[] {
  const has = (family: 4 | 6) => subnets.some(({ subnet }) => subnet.includes(':') === (family === 6))
  const used = usedSubnets(known.networks)
  const needsFour = subnets.length === 0 || (isDual && !has(4))
  return [
    ...subnets,
    ...(needsFour ? [{ subnet: printSubnet(freeSubnet(pools, used)) }] : []),
    ...(isDual && !has(6) ? [{ subnet: printSubnet(freeIpv6Subnet(used)) }] : []),
  ]
}

/** Of other networks, and of the host itself. */
function usedSubnets(networks: readonly NetworkRecord[]): IpSubnet[] {
  const live = listAddresses().map(({ bytes, prefix }) => subnetOf(ipFromBytes(bytes), prefix))
  return [...configuredSubnets(networks), ...live]
}

function configuredSubnets(networks: readonly NetworkRecord[]): IpSubnet[] {
  return networks.flatMap(({ subnets = [] }) => subnets.flatMap(({ subnet }) => parseCidr(subnet)?.subnet ?? []))
}

function freeSubnet(pools: readonly SubnetPool[], used: readonly IpSubnet[]): IpSubnet {
  for (const { base, size } of pools) {
    const pool = parseCidr(base)?.subnet
    if (pool === undefined) throw invalid('conf-invalid', `default subnet pool ${base} is no subnet`)
    const step = 1n << BigInt(32 - size)
    for (
      let next = subnetOf(pool.base, size);
      isInSubnet(next.base, pool);
      next = subnetOf(addressAt(next, step), size)
    ) {
      if (!used.some((other) => doOverlap(next, other))) return next
    }
  }
  throw new EngineError({
    kind: 'unavailable',
    code: 'network-no-subnet',
    message: 'could not find free subnet from subnet pools',
  })
}

/** A random one of those that anybody may use (RFC 4193). */
function freeIpv6Subnet(used: readonly IpSubnet[]): IpSubnet {
  for (;;) {
    const value = BigInt(`0xfd${randomBytes(7).toString('hex')}`) << 64n
    const subnet = { base: { family: 6, value }, prefix: 64 } as const
    if (!used.some((other) => doOverlap(subnet, other))) return subnet
  }
}

function checkedSubnets(network: Named, { networks }: Known): Pick<NetworkRecord, 'subnets' | 'ipv6_enabled'> {
  const hasGateway = !network.internal || network.dns_enabled
  const used = takenFrom(network, networks)
  const subnets = (network.subnets ?? []).map((subnet) => completeSubnet(subnet, { hasGateway, used }))
  const hasIpv6 = network.ipv6_enabled || subnets.some(({ subnet }) => subnet.includes(':'))
  return { ...(subnets.length === 0 ? {} : { subnets }), ipv6_enabled: hasIpv6 }
}

/** What a network's own subnets must not meet. Somebody else's bridge has the addresses that its network is to be in; so has a parent. */
function takenFrom(network: Named, networks: readonly NetworkRecord[]): IpSubnet[] {
  if (network.driver !== 'bridge') return []
  return isUnmanaged(network) ? configuredSubnets(networks) : usedSubnets(networks)
}

function completeSubnet(
  wanted: NetworkSubnet,
  { hasGateway, used }: { hasGateway: boolean; used: readonly IpSubnet[] },
): NetworkSubnet {
  const subnet = parseCidr(wanted.subnet)?.subnet
  if (subnet === undefined) throw invalid('network-invalid', `invalid CIDR address: ${wanted.subnet}`)
  const text = printSubnet(subnet)
  if (used.some((other) => doOverlap(subnet, other))) {
    throw invalid('network-invalid', `subnet ${text} is already used on the host or by another config`)
  }
  const check = (address: string, what: string) => {
    const parsed = parseIp(address)
    if (parsed === undefined || !isInSubnet(parsed, subnet)) {
      throw invalid('network-invalid', `${what} ${address} not in subnet ${text}`)
    }
    return printIp(parsed)
  }
  const own = wanted.gateway === undefined ? undefined : check(wanted.gateway, 'gateway')
  const gateway = own ?? (hasGateway ? printIp(addressAt(subnet, 1n)) : undefined)
  const { start_ip: start, end_ip: end } = wanted.lease_range ?? {}
  const range = {
    ...(start === undefined ? {} : { start_ip: check(start, 'lease range start ip') }),
    ...(end === undefined ? {} : { end_ip: check(end, 'lease range end ip') }),
  }
  return {
    subnet: text,
    ...(gateway === undefined ? {} : { gateway }),
    ...(wanted.lease_range === undefined ? {} : { lease_range: range }),
  }
}

function checkDnsServers({ network_dns_servers: servers = [], dns_enabled: isEnabled }: Named): void {
  if (servers.length > 0 && !isEnabled) {
    throw invalid(
      'network-invalid',
      'cannot set NetworkDNSServers if DNS is not enabled for the network: invalid argument',
    )
  }
  const bad = servers.find((server) => parseIp(server) === undefined)
  if (bad === undefined) return
  throw invalid('network-invalid', `unable to parse ip ${bad} specified in NetworkDNSServers: invalid argument`)
}

function checkRoute({ destination }: { readonly destination: string }): void {
  const parsed = parseCidr(destination)
  if (parsed !== undefined && parsed.address.value === parsed.subnet.base.value) return
  throw invalid('network-invalid', 'route destination invalid')
}
