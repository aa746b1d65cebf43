// pasta's command line, as podman writes it. Pure.

import { EngineError } from '../../base/errors.ts'
import type { PortMapping } from '../../spec/network.ts'

export interface PastaRequest {
  /** The configured ones, then the container's own. */
  readonly options: readonly string[]
  readonly ports: readonly PortMapping[]
  readonly namespace: string
  readonly pidFile: string
}

export interface PastaArguments {
  readonly argv: readonly string[]
  /** Name servers that pasta answers for. */
  readonly forwarders: readonly string[]
  /** Addresses that are the host's; empty where `isPlain`. */
  readonly hostAddresses: readonly string[]
}

const forwarder = '169.254.1.1'
const guestAddress = '169.254.1.2'

/** `isPlain`: for a pasta from before --map-guest-addr. @throws unsupported `port-protocol-unsupported` */
export function pastaArguments(request: PastaRequest, isPlain: boolean): PastaArguments {
  const { ports, namespace, pidFile } = request
  const own = request.options.filter((option) => option !== '--map-gw')
  const published = ports.flatMap(publishWords)
  const forwarders = valuesOf(own, '--dns-forward')
  const guests = valuesOf(own, '--map-guest-addr')
  const unless = (words: readonly string[], ...spellings: string[]) =>
    isGiven([...own, ...published], spellings) ? [] : words
  const argv = [
    '--config-net',
    ...own,
    ...published,
    ...unless(['--dns-forward', forwarder], '--dns-forward'),
    ...unless(['-t', 'none'], '-t', '--tcp-ports'),
    ...unless(['-u', 'none'], '-u', '--udp-ports'),
    ...unless(['-T', 'none'], '-T', '--tcp-ns'),
    ...unless(['-U', 'none'], '-U', '--udp-ns'),
    ...(request.options.includes('--map-gw') ? [] : ['--no-map-gw']),
    ...unless(['--quiet'], '-d', '--debug', '--trace'),
    ...unless(['--pid', pidFile], '-P', '--pid'),
    '--netns',
    namespace,
    ...(isPlain ? [] : unless(['--map-guest-addr', guestAddress], '--map-guest-addr')),
  ]
  return {
    argv,
    forwarders: forwarders.length > 0 ? forwarders : [forwarder],
    hostAddresses: guests.length > 0 || isPlain ? guests : [guestAddress],
  }
}

export interface EntranceArguments {
  /** Of its interface. */
  readonly name: string
  /** In the namespace already, one a family; a family without one is left out. */
  readonly addresses: readonly string[]
  readonly ports: readonly PortMapping[]
  readonly namespace: string
  readonly pidFile: string
}

/**
 * For a pasta that ports come in by, and nothing goes out. Clients on the host itself seem to be its gateways: those are addresses that no
 * client has, for what is sent to a gateway ends at the host. Ports keep their numbers. @throws unsupported `port-protocol-unsupported`
 */
export function entranceArguments({ name, addresses, ports, namespace, pidFile }: EntranceArguments): string[] {
  const published = ports.map((mapping) => ({ ...mapping, port: mapping.hostPort })).flatMap(publishWords)
  const gateways = addresses.map((address) => (address.includes(':') ? 'fe80::1' : '169.254.1.3'))
  const [only, ...others] = gateways
  const family = only?.includes(':') ? '--ipv6-only' : '--ipv4-only'
  return [
    ...['--ns-ifname', name],
    ...(others.length === 0 ? [family] : []),
    ...addresses.flatMap((address) => ['--address', address]),
    ...gateways.flatMap((gateway) => ['--gateway', gateway]),
    ...published,
    ...(published.includes('-t') ? [] : ['-t', 'none']),
    ...(published.includes('-u') ? [] : ['-u', 'none']),
    ...['-T', 'none', '-U', 'none', '--no-dhcp', '--no-dhcpv6', '--no-ra', '--quiet'],
    ...['--pid', pidFile, '--netns', namespace],
  ]
}

function isGiven(words: readonly string[], spellings: readonly string[]): boolean {
  return words.some((word) => spellings.some((one) => word === one || word.startsWith(`${one}=`)))
}

/** `-t ADDRESS/8080-8081:80-81` */
function publishWords({ hostAddress, hostPort, port, count, protocol }: PortMapping): string[] {
  if (protocol === 'sctp') {
    throw new EngineError({
      kind: 'unsupported',
      code: 'port-protocol-unsupported',
      message: "pasta can't forward protocol: sctp",
      hint: 'Publish by tcp or udp; or, as root, from a container in a bridge network',
    })
  }
  const address = hostAddress === '' ? '' : `${hostAddress}/`
  const ports = `${hostPort}-${hostPort + count - 1}:${port}-${port + count - 1}`
  return [protocol === 'tcp' ? '-t' : '-u', `${address}${ports}`]
}

function valuesOf(options: readonly string[], name: string): string[] {
  return options.flatMap((option, index) => {
    if (option === name) return options[index + 1] ?? []
    return option.startsWith(`${name}=`) ? [option.slice(name.length + 1)] : []
  })
}
