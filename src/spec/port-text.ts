// --publish and --expose, in podman's words.

import { type EngineError, invalid } from '../base/errors.ts'
import { parseIp, printIp } from '../base/ip-address.ts'
import type { ExposedPort, PortMapping, PortProtocol } from './network.ts'

/** `[[host address:]host port:]container port[/protocol]`, ports also as ranges: a mapping a protocol. @throws invalid `port-invalid` */
export function parsePublish(text: string): PortMapping[] {
  const [ports = '', protocol, ...rest] = text.split('/')
  if (rest.length > 0) throw bad('invalid port format - protocol can only be specified once')
  if (protocol === '') throw bad('must provide a non-empty protocol to publish')
  const { hostAddress, hostPorts, containerPorts } = splitPorts(ports)
  if (containerPorts === '') throw bad('must provide a non-empty container port to publish')
  const inside = parseRange(containerPorts, 'parsing container port')
  const outside = hostPorts === undefined || hostPorts === '' ? undefined : parseRange(hostPorts, 'parsing host port')
  if (outside !== undefined && outside.count !== inside.count) {
    throw bad(`host and container port ranges have different lengths: ${outside.count} vs ${inside.count}`)
  }
  const mapping = {
    hostAddress: parseHostAddress(hostAddress),
    hostPort: outside?.first ?? 0,
    port: inside.first,
    count: inside.count,
  }
  return parseProtocols(protocol ?? 'tcp').map((one) => ({ ...mapping, protocol: one }))
}

/** `port[-port][/protocol]`. @throws invalid `port-invalid` */
export function parseExpose(text: string): ExposedPort[] {
  const [ports = '', protocol = 'tcp'] = text.split('/')
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(ports) ?? []
  if (first === undefined || last === undefined || Number(last) > 65535 || Number(last) < Number(first)) {
    throw bad(`invalid range format for --expose: ${text}`)
  }
  if (Number(first) === 0) throw bad('cannot expose 0 as it is not a valid port number')
  const count = Number(last) - Number(first) + 1
  return parseProtocols(protocol).flatMap((one) =>
    Array.from({ length: count }, (_, index) => ({ port: Number(first) + index, protocol: one })),
  )
}

interface SplitPorts {
  readonly hostAddress: string | undefined
  readonly hostPorts: string | undefined
  readonly containerPorts: string
}

function splitPorts(text: string): SplitPorts {
  const pieces = text.split(']')
  if (pieces.length > 2) throw bad('invalid port format - at most one IPv6 address can be specified in a --publish')
  if (pieces.length === 2) return splitBracketed(pieces as [string, string])
  const [first = '', second, third, ...rest] = text.split(':')
  if (rest.length > 0) throw bad('invalid port format - format is [[hostIP:]hostPort:]containerPort')
  if (third !== undefined) return { hostAddress: first, hostPorts: second, containerPorts: third }
  if (second !== undefined) return { hostAddress: undefined, hostPorts: first, containerPorts: second }
  return { hostAddress: undefined, hostPorts: undefined, containerPorts: first }
}

function splitBracketed([address, rest]: [string, string]): SplitPorts {
  if (!address.startsWith('[')) throw bad('invalid port format - IPv6 addresses must be enclosed by []')
  if (!rest.startsWith(':')) throw bad("invalid port format - IPv6 address must be followed by a colon (':')")
  const [hostPorts = '', containerPorts, ...more] = rest.slice(1).split(':')
  if (containerPorts === undefined) {
    throw bad('invalid port format - must provide host and destination port if specifying an IP')
  }
  if (more.length > 0) {
    throw bad('invalid port format - when v6 address specified, must be [ipv6]:hostPort:ctrPort')
  }
  return { hostAddress: address.slice(1), hostPorts, containerPorts }
}

/** 0.0.0.0 is all of them. */
function parseHostAddress(text: string | undefined): string {
  if (text === undefined || text === '0.0.0.0') return ''
  if (text === '') throw bad('must provide a non-empty container host IP to publish')
  const address = parseIp(text)
  if (address === undefined) throw bad(`cannot parse ${JSON.stringify(text)} as an IP address`)
  return printIp(address)
}

function parseRange(text: string, where: string): { first: number; count: number } {
  const [first = '', last, ...rest] = text.split('-')
  if (rest.length > 0) {
    throw bad(`${where}: invalid port format - port ranges are formatted as startPort-stopPort`)
  }
  if (first === '') throw bad(`${where}: port numbers cannot be negative`)
  if (last === '') throw bad(`${where}: must provide ending number for port range`)
  const start = parsePort(first, where)
  if (last === undefined) return { first: start, count: 1 }
  const end = parsePort(last, where)
  if (end <= start) {
    throw bad(
      `${where}: the end port of a range must be higher than the start port - ${end} is not higher than ${start}`,
    )
  }
  return { first: start, count: end - start + 1 }
}

function parsePort(text: string, where: string): number {
  if (!/^[+-]?\d+$/.test(text)) {
    throw bad(`${where}: invalid port number: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  }
  const port = Number(text)
  if (port >= 1 && port <= 65535) return port
  throw bad(`${where}: port numbers must be between 1 and 65535 (inclusive), got ${port}`)
}

function parseProtocols(text: string): PortProtocol[] {
  return [...new Set(text.split(',').map(parseProtocol))]
}

function parseProtocol(text: string): PortProtocol {
  const word = text.toLowerCase()
  if (word === '' || word === 'tcp') return 'tcp'
  if (word === 'udp' || word === 'sctp') return word
  throw bad(`unrecognized protocol ${JSON.stringify(text)} in port mapping`)
}

function bad(message: string): EngineError {
  return invalid('port-invalid', message)
}
