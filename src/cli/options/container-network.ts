// Flags of networks, ports and names → NetworkFacet, and the network's mode. The texts themselves are read by spec/.

import { type EngineError, invalid } from '../../base/errors.ts'
import { parseIp, printIp } from '../../base/ip-address.ts'
import type { NamespaceFacet, NetworkMode } from '../../spec/namespaces.ts'
import type { DnsFacet, HostsFacet, NetworkFacet } from '../../spec/network.ts'
import { defaultNetworkAlias, type ParsedNetwork, parseMac, parseNetworks } from '../../spec/network-text.ts'
import { parseExpose, parsePublish } from '../../spec/port-text.ts'
import type { NetworkAttachment } from '../../state/network-attachment.ts'
import { defineOptions, type Invocation } from '../command.ts'

export const networkOptions = defineOptions({
  'add-host': {
    type: 'strings',
    value: 'name:address',
    isCommaSeparated: true,
    describe: "Add a line to /etc/hosts; host-gateway stands for the host's address",
    complete: 'none',
  },
  dns: {
    type: 'strings',
    value: 'address',
    isCommaSeparated: true,
    describe: "Name server instead of the host's; none leaves the image's resolv.conf",
    complete: 'none',
  },
  'dns-option': {
    type: 'strings',
    aliases: ['dns-opt'],
    value: 'option',
    isCommaSeparated: true,
    describe: 'Option for resolv.conf',
    complete: 'none',
  },
  'dns-search': {
    type: 'strings',
    value: 'domain',
    isCommaSeparated: true,
    describe: 'Search domain for resolv.conf; . for none',
    complete: 'none',
  },
  expose: {
    type: 'strings',
    value: 'port[/protocol]',
    isCommaSeparated: true,
    describe: 'Say that the container listens on a port or a range',
    complete: 'none',
  },
  'hosts-file': {
    type: 'string',
    value: 'file',
    describe: "Base of /etc/hosts: a file, none, or image; the host's unless said",
    complete: 'file',
  },
  ip: { type: 'string', value: 'address', describe: 'IPv4 address in its network', complete: 'none' },
  ip6: { type: 'string', value: 'address', describe: 'IPv6 address in its network', complete: 'none' },
  'mac-address': { type: 'string', value: 'address', describe: 'MAC address in its network', complete: 'none' },
  network: {
    type: 'strings',
    aliases: ['net'],
    value: 'mode',
    describe:
      'Network: bridge, none, host, private, NETWORK[:ip=,mac=,alias=,interface_name=], container:NAME, ns:PATH, pasta[:OPTIONS], slirp4netns[:OPTIONS]',
    complete: 'network',
  },
  'network-alias': {
    type: 'strings',
    value: 'name',
    isCommaSeparated: true,
    describe: 'Another name for it in its networks',
    complete: 'none',
  },
  'no-hostname': { type: 'boolean', describe: "Leave the image's /etc/hostname" },
  'no-hosts': { type: 'boolean', describe: "Leave the image's /etc/hosts" },
  publish: {
    type: 'strings',
    short: 'p',
    value: '[[address:]port:]port[/protocol]',
    isCommaSeparated: true,
    describe: 'Publish a port or a range on the host; a random one where none is named',
    complete: 'none',
  },
  'publish-all': { type: 'boolean', short: 'P', describe: 'Publish all exposed ports on random ones of the host' },
})

type NetworkInvocation = Invocation<typeof networkOptions>

/** @throws as parseNetworks */
export function networkMode({ options }: NetworkInvocation): Pick<NamespaceFacet, 'network'> {
  const { mode } = parseNetworks(options.network)
  return mode === undefined ? {} : { network: mode }
}

/** @throws invalid `network-invalid`, `port-invalid`, `host-invalid`, `dns-invalid`, `mac-invalid` */
export function networkFacet(invocation: NetworkInvocation): NetworkFacet {
  const { options } = invocation
  const networks = parseNetworks(options.network)
  checkDnsFits(invocation, networks.mode)
  return {
    attachments: placedAttachments(invocation, networks),
    ports: options.publish.flatMap(parsePublish),
    exposed: options.expose.flatMap(parseExpose),
    isAllPublished: options['publish-all'],
    dns: dnsFacet(invocation),
    hosts: hostsFacet(invocation),
  }
}

/** resolv.conf is another's, or of no use. */
function checkDnsFits({ given }: NetworkInvocation, mode: NetworkMode | undefined): void {
  if (mode?.kind !== 'none' && mode?.kind !== 'container') return
  if (!['dns', 'dns-option', 'dns-search'].some((name) => given.has(name))) return
  throw invalid('dns-invalid', `conflicting options: dns and the network mode: ${mode.kind}`)
}

/** --ip, --ip6 and --mac-address are of a single network, --network-alias of all. */
function placedAttachments({ options }: NetworkInvocation, parsed: ParsedNetwork): readonly NetworkAttachment[] {
  const addresses = [staticAddress(options.ip), staticAddress(options.ip6)].flatMap((text) => text ?? [])
  const mac = options['mac-address'] === undefined ? undefined : parseMac(options['mac-address'])
  const aliases = options['network-alias']
  const flag = (['ip', 'ip6', 'mac-address'] as const).find((name) => (options[name] ?? '') !== '')
  if (flag === undefined && aliases.length === 0) return parsed.attachments
  checkBridge(parsed.mode, flag ?? 'network-alias')
  const networks =
    parsed.attachments.length > 0 ? parsed.attachments : [{ network: defaultNetworkAlias, addresses: [], aliases: [] }]
  if (networks.length > 1 && flag !== undefined) {
    throw bad(`--${flag} can only be set for a single network: invalid argument`)
  }
  return networks.map((network) => ({
    ...network,
    addresses: [...network.addresses, ...addresses],
    aliases: aliases.length > 0 ? aliases : network.aliases,
    ...(mac === undefined ? {} : { mac }),
  }))
}

function checkBridge(mode: NetworkMode | undefined, flag: string): void {
  if (mode === undefined || mode.kind === 'bridge') return
  throw bad(`--${flag} can only be set when the network mode is bridge: invalid argument`)
}

function staticAddress(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  const address = parseIp(text)
  if (address === undefined) throw bad(`${JSON.stringify(text)} is not an ip address`)
  return printIp(address)
}

function dnsFacet({ options }: NetworkInvocation): DnsFacet {
  const { dns } = options
  if (dns.includes('none') && dns.length > 1) {
    throw invalid('dns-invalid', 'none is not allowed to be specified with other DNS ip addresses')
  }
  const isImages = dns[0] === 'none'
  const stranger = isImages ? undefined : dns.find((server) => parseIp(server) === undefined)
  if (stranger !== undefined) throw invalid('dns-invalid', `${stranger} is not an ip address`)
  const searches = options['dns-search']
  if (searches.includes('.') && searches.length > 1) {
    throw invalid('dns-invalid', "cannot pass additional search domains when also specifying '.'")
  }
  const odd = searches.find((domain) => domain !== '.' && !/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/i.test(domain))
  if (odd !== undefined) throw invalid('dns-invalid', `${odd} is not a valid domain`)
  return { servers: isImages ? [] : dns, options: options['dns-option'], searches, isImages }
}

function hostsFacet({ options, given }: NetworkInvocation): HostsFacet {
  const added = options['add-host']
  if (options['no-hosts'] && added.length > 0) throw bad('--no-hosts and --add-host cannot be set together')
  if (options['no-hosts'] && options['hosts-file'] !== undefined) {
    throw bad('--no-hosts and --hosts-file cannot be set together')
  }
  added.forEach(checkAdded)
  const baseFile = options['hosts-file']
  return {
    added,
    ...(baseFile === undefined || baseFile === '' ? {} : { baseFile }),
    ...(given.has('no-hosts') ? { hasHosts: !options['no-hosts'] } : {}),
    ...(given.has('no-hostname') ? { hasHostname: !options['no-hostname'] } : {}),
  }
}

function checkAdded(text: string): void {
  const at = text.indexOf(':')
  const address = text.slice(at + 1)
  if (at > 0 && (address === 'host-gateway' || parseIp(address) !== undefined)) return
  if (at > 0) throw invalid('host-invalid', `invalid IP address in add-host: ${JSON.stringify(address)}`)
  throw invalid('host-invalid', `bad format for add-host: ${JSON.stringify(text)}`)
}

function bad(message: string): EngineError {
  return invalid('network-invalid', message)
}
