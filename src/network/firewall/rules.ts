// The text that nft gets. One table is ours, `inet gantry`; all of it may be said again at any time, and says nothing of others' tables.
// Pure.

import { type IpAddress, printIp, printSubnet } from '../../base/ip-address.ts'
import type { PortMapping } from '../../spec/network.ts'
import { bridgeOf, isOptionTrue, type NetworkRecord, subnetsOf } from '../record/network-record.ts'

export const tableName = 'gantry'

/** The chain that is there while a network's rules are. */
export function chainOf({ name }: NetworkRecord): string {
  return `out_${name}`
}

/**
 * The base: what a published port is sent to stands in maps, by protocol and port, or by address, protocol and port. Of what was sent on so,
 * packets from the host's loopback and from the container's own network are masqueraded, for their answers must come back through us;
 * all others keep their source. What asks a network's gateway for names gets to its name server, whoever publishes that port.
 */
const base = `add map inet ${tableName} published4 { type inet_proto . inet_service : ipv4_addr . inet_service; }
add map inet ${tableName} published6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
add map inet ${tableName} bound4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
add map inet ${tableName} bound6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }
add map inet ${tableName} sources4 { type ipv4_addr : verdict; flags interval; }
add map inet ${tableName} sources6 { type ipv6_addr : verdict; flags interval; }
add map inet ${tableName} hairpins4 { type ipv4_addr : verdict; flags interval; }
add map inet ${tableName} hairpins6 { type ipv6_addr : verdict; flags interval; }
add map inet ${tableName} gateways4 { type ipv4_addr : verdict; }
add map inet ${tableName} gateways6 { type ipv6_addr : verdict; }
add map inet ${tableName} forwards { type ifname : verdict; }
add set inet ${tableName} bridges { type ifname; }
add set inet ${tableName} isolated { type ifname; }
add set inet ${tableName} internal { type ifname; }
add chain inet ${tableName} publish
add chain inet ${tableName} prerouting { type nat hook prerouting priority dstnat; policy accept; }
add chain inet ${tableName} output { type nat hook output priority -100; policy accept; }
add chain inet ${tableName} postrouting { type nat hook postrouting priority srcnat; policy accept; }
add chain inet ${tableName} forward { type filter hook forward priority filter; policy accept; }
flush chain inet ${tableName} publish
flush chain inet ${tableName} prerouting
flush chain inet ${tableName} output
flush chain inet ${tableName} postrouting
flush chain inet ${tableName} forward
add rule inet ${tableName} publish meta l4proto { tcp, udp, sctp } dnat ip to ip daddr . meta l4proto . th dport map @bound4
add rule inet ${tableName} publish meta l4proto { tcp, udp, sctp } dnat ip to meta l4proto . th dport map @published4
add rule inet ${tableName} publish meta l4proto { tcp, udp, sctp } dnat ip6 to ip6 daddr . meta l4proto . th dport map @bound6
add rule inet ${tableName} publish meta l4proto { tcp, udp, sctp } dnat ip6 to meta l4proto . th dport map @published6
add rule inet ${tableName} prerouting meta l4proto { tcp, udp } th dport 53 ip daddr vmap @gateways4
add rule inet ${tableName} prerouting meta l4proto { tcp, udp } th dport 53 ip6 daddr vmap @gateways6
add rule inet ${tableName} prerouting fib daddr type local jump publish
add rule inet ${tableName} output fib daddr type local jump publish
add rule inet ${tableName} postrouting ct status dnat ip daddr vmap @hairpins4
add rule inet ${tableName} postrouting ct status dnat ip6 daddr vmap @hairpins6
add rule inet ${tableName} postrouting ip saddr vmap @sources4
add rule inet ${tableName} postrouting ip6 saddr vmap @sources6
add rule inet ${tableName} forward iifname vmap @forwards
add rule inet ${tableName} forward oifname @internal drop
`

/** The base, and these networks' parts. `dnsPort`: where name servers listen. */
export function networksText(networks: readonly NetworkRecord[], dnsPort: number): string {
  const chains = networks.flatMap((network) => Object.values(chainsOf(network)))
  return [
    `add table inet ${tableName}`,
    // nft moves elements to where their map is declared: by then the chains that they name must be there.
    ...chains.map((chain) => `add chain inet ${tableName} ${chain}`),
    base.trimEnd(),
    ...chains.map((chain) => `flush chain inet ${tableName} ${chain}`),
    ...networks.flatMap((network) => rulesOf(network, dnsPort)),
    ...networks.flatMap((network) => elementsOf(network).map((element) => `add element inet ${tableName} ${element}`)),
    '',
  ].join('\n')
}

function rulesOf(network: NetworkRecord, dnsPort: number): string[] {
  const { out, hairpin, forward, names } = chainsOf(network)
  return [
    `add rule inet ${tableName} ${names} ${dnsPort === 53 ? 'accept' : `meta l4proto { tcp, udp } redirect to :${dnsPort}`}`,
    ...sourcesOf(network).map(({ rule }) => `add rule inet ${tableName} ${out} ${rule}`),
    ...hairpinRules(network).map((rule) => `add rule inet ${tableName} ${hairpin} ${rule}`),
    ...forwardRules(network).map((rule) => `add rule inet ${tableName} ${forward} ${rule}`),
  ]
}

/** Takes a network's part away; said of one that is not there it changes nothing. */
export function networkRemovalText(network: NetworkRecord): string {
  const elements = elementsOf(network).map((element) => `delete element inet ${tableName} ${element}`)
  const chains = Object.values(chainsOf(network))
  return [
    networksText([network], 53).trimEnd(),
    ...elements,
    ...chains.map((chain) => `flush chain inet ${tableName} ${chain}`),
    ...chains.map((chain) => `delete chain inet ${tableName} ${chain}`),
    '',
  ].join('\n')
}

/** Where published ports lead: the first address of each family. */
export interface PortTarget {
  /** By a helper that has got the port at the host's address, and sends what comes there to one of its own. */
  readonly isForwarded?: boolean
  readonly ipv4?: string
  readonly ipv6?: string
}

/** `map key : value`, without braces. */
export interface PortElement {
  readonly map: string
  readonly key: string
  readonly value: string
}

export function portElements(ports: readonly PortMapping[], target: PortTarget): PortElement[] {
  return ports.flatMap((mapping) =>
    Array.from({ length: mapping.count }, (_, index) => elementsAt(mapping, index, target)).flat(),
  )
}

export function addElementsText(elements: readonly PortElement[]): string {
  return grouped(elements)
    .map(([map, entries]) => `add element inet ${tableName} ${map} { ${entries.join(', ')} }\n`)
    .join('')
}

/** Added first: what is not there cannot be deleted. */
export function deleteElementsText(elements: readonly PortElement[]): string {
  const deletions = grouped(elements).map(
    ([map, entries]) => `delete element inet ${tableName} ${map} { ${entries.join(', ')} }\n`,
  )
  return `${addElementsText(elements)}${deletions.join('')}`
}

/** Whatever they led to; each must be there. */
export function deleteKeysText(elements: readonly PortElement[]): string {
  return elements.map(({ map, key }) => `delete element inet ${tableName} ${map} { ${key} }\n`).join('')
}

function elementsAt(mapping: PortMapping, index: number, { ipv4, ipv6, isForwarded }: PortTarget): PortElement[] {
  const { hostAddress, protocol } = mapping
  const hostKey = `${protocol} . ${mapping.hostPort + index}`
  const port = mapping.port + index
  const isBound = hostAddress !== '' && hostAddress !== '::' && isForwarded !== true
  const key = isBound ? `${hostAddress} . ${hostKey}` : hostKey
  const name = isBound ? 'bound' : 'published'
  const four = hostAddress.includes(':') ? undefined : ipv4
  const six = hostAddress === '' || hostAddress.includes(':') ? ipv6 : undefined
  return [
    ...(four === undefined ? [] : [{ map: `${name}4`, key, value: `${four} . ${port}` }]),
    ...(six === undefined ? [] : [{ map: `${name}6`, key, value: `${six} . ${port}` }]),
  ]
}

function grouped(elements: readonly PortElement[]): [map: string, entries: string[]][] {
  const maps = new Map<string, string[]>()
  for (const { map, key, value } of elements) maps.set(map, [...(maps.get(map) ?? []), `${key} : ${value}`])
  return [...maps]
}

/** Names of networks may share a bridge, with a VLAN each: what is by subnet has the network's name, what is by interface the bridge's. */
function chainsOf(network: NetworkRecord): {
  readonly out: string
  readonly hairpin: string
  readonly forward: string
  readonly names: string
} {
  const { name } = network
  return {
    out: chainOf(network),
    hairpin: `hairpin_${name}`,
    forward: `forward_${bridgeOf(network)}`,
    names: `names_${name}`,
  }
}

interface Source {
  readonly family: 4 | 6
  readonly subnet: string
  readonly rule: string
}

/** What goes out of an internal network is dropped on its way, so nothing is masqueraded there. */
function sourcesOf(network: NetworkRecord): Source[] {
  if (network.internal) return []
  return subnetsOf(network).map(({ subnet }) => {
    const { family } = subnet.base
    const text = printSubnet(subnet)
    const [word, multicast] = family === 4 ? ['ip', '224.0.0.0/4'] : ['ip6', 'ff00::/8']
    return { family, subnet: text, rule: `${word} daddr != { ${text}, ${multicast} } masquerade` }
  })
}

function hairpinRules(network: NetworkRecord): string[] {
  return subnetsOf(network).map(({ subnet }) => {
    const text = printSubnet(subnet)
    return subnet.base.family === 4
      ? `ip saddr { 127.0.0.0/8, ${text} } masquerade`
      : `ip6 saddr { ::1, ${text} } masquerade`
  })
}

function forwardRules(network: NetworkRecord): string[] {
  const own = `oifname "${bridgeOf(network)}" accept`
  if (network.internal) return [own, 'drop']
  const isolation = network.options?.['isolate']
  if (isolation === 'strict') return [own, 'oifname @bridges drop']
  return isOptionTrue(network, 'isolate') ? [own, 'oifname @isolated drop'] : []
}

/** Where its name server listens. */
function gatewaysOf(network: NetworkRecord): IpAddress[] {
  if (!network.dns_enabled) return []
  return subnetsOf(network).flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway]))
}

function elementsOf(network: NetworkRecord): string[] {
  const { out, hairpin, forward, names } = chainsOf(network)
  const bridge = bridgeOf(network)
  const isIsolated = isOptionTrue(network, 'isolate') || network.options?.['isolate'] === 'strict'
  const hairpins = subnetsOf(network).map(
    ({ subnet }) => `hairpins${subnet.base.family} { ${printSubnet(subnet)} : jump ${hairpin} }`,
  )
  return [
    `bridges { "${bridge}" }`,
    ...(isIsolated ? [`isolated { "${bridge}" }`] : []),
    ...(network.internal ? [`internal { "${bridge}" }`] : []),
    `forwards { "${bridge}" : jump ${forward} }`,
    ...hairpins,
    ...gatewaysOf(network).map((gateway) => `gateways${gateway.family} { ${printIp(gateway)} : jump ${names} }`),
    ...sourcesOf(network).map(({ family, subnet }) => `sources${family} { ${subnet} : jump ${out} }`),
  ]
}
