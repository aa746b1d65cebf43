// `slirp4netns:OPTIONS` and containers.conf's network_cmd_options → slirp4netns's command line. Pure.

import { type EngineError, invalid } from '../../base/errors.ts'
import { addressAt, type IpSubnet, parseCidr, parseIp, printIp } from '../../base/ip-address.ts'

export interface SlirpOptions {
  readonly argv: readonly string[]
  /** Of the container, of the gateway that is the host, of the name server. */
  readonly address: string
  readonly gateway: string
  readonly nameServer: string
  readonly prefix: number
  readonly hasIpv6: boolean
}

const defaultSubnet = '10.0.2.0/24'

/** @throws invalid `slirp-invalid` */
export function slirpOptions(options: readonly string[]): SlirpOptions {
  const chosen = new Map(options.filter((option) => option !== '').map(keyValue))
  const has = (name: string, fallback: boolean) => booleanOf(name, chosen.get(name), fallback)
  const cidr = chosen.get('cidr')
  const subnet = subnetOf(cidr ?? defaultSubnet)
  const hasIpv6 = has('enable_ipv6', true)
  const outbound = ['outbound_addr', 'outbound_addr6'].flatMap((name) => {
    const value = chosen.get(name)
    return value === undefined ? [] : [`--${name.replace('_', '-')}=${value}`]
  })
  return {
    argv: [
      ...(has('allow_host_loopback', false) ? [] : ['--disable-host-loopback']),
      `--mtu=${mtuOf(chosen.get('mtu'))}`,
      '--enable-sandbox',
      '--enable-seccomp',
      ...(hasIpv6 ? ['--enable-ipv6'] : []),
      ...(cidr === undefined ? [] : [`--cidr=${cidr}`]),
      ...outbound,
    ],
    address: printIp(addressAt(subnet, 100n)),
    gateway: printIp(addressAt(subnet, 2n)),
    nameServer: printIp(addressAt(subnet, 3n)),
    prefix: subnet.prefix,
    hasIpv6,
  }
}

const known = ['allow_host_loopback', 'cidr', 'enable_ipv6', 'mtu', 'outbound_addr', 'outbound_addr6', 'port_handler']

function keyValue(text: string): [name: string, value: string] {
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === '') throw bad(`unknown option for slirp4netns: ${JSON.stringify(text)}`)
  if (!known.includes(name)) throw bad(`unknown option for slirp4netns: ${JSON.stringify(text)}`)
  // Both of podman's handlers are one here: slirp4netns's own.
  if (name === 'port_handler' && !['slirp4netns', 'rootlesskit'].includes(value)) {
    throw bad(`unknown port_handler for slirp4netns: ${JSON.stringify(value)}`)
  }
  return [name, value]
}

function booleanOf(name: string, text: string | undefined, fallback: boolean): boolean {
  if (text === undefined) return fallback
  if (text === 'true' || text === 'false') return text === 'true'
  throw bad(`invalid value of ${name} for slirp4netns: ${JSON.stringify(text)}`)
}

function mtuOf(text: string | undefined): number {
  if (text === undefined) return 65520
  if (/^\d+$/.test(text)) return Number(text)
  throw bad(`invalid mtu ${JSON.stringify(text)}`)
}

function subnetOf(text: string): IpSubnet {
  const parsed = parseCidr(text)
  if (parsed !== undefined && parseIp(printIp(parsed.address))?.family === 4 && parsed.subnet.prefix <= 25)
    return parsed.subnet
  throw bad(`invalid cidr ${JSON.stringify(text)}`)
}

function bad(message: string): EngineError {
  return invalid('slirp-invalid', message)
}
