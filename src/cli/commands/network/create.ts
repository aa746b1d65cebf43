// network create: prints the network's name.

import { type EngineError, invalid } from '../../../base/errors.ts'
import { addressAt, lastOf, parseCidr, parseIp, printIp } from '../../../base/ip-address.ts'
import type { NewNetwork } from '../../../network/record/complete.ts'
import type { NetworkRoute, NetworkSubnet } from '../../../network/record/network-record.ts'
import { defineCommand, defineOptions, type Invocation } from '../../command.ts'
import { keyValue } from '../../key-value.ts'
import { complain, printLine } from '../../render/print.ts'

const options = defineOptions({
  'disable-dns': { type: 'boolean', describe: 'Do not resolve names of containers in it' },
  dns: {
    type: 'strings',
    value: 'address',
    isCommaSeparated: true,
    describe: "Name server instead of the host's",
    complete: 'none',
  },
  driver: {
    type: 'string',
    short: 'd',
    default: 'bridge',
    value: 'driver',
    describe: 'Driver: bridge, macvlan, ipvlan',
    complete: 'none',
  },
  gateway: {
    type: 'strings',
    value: 'address',
    describe: 'Gateway of a subnet, in the order of the subnets',
    complete: 'none',
  },
  ignore: { type: 'boolean', describe: 'One of this name that exists is no error' },
  'interface-name': {
    type: 'string',
    value: 'name',
    describe: 'Name of the bridge; of macvlan and ipvlan the parent',
    complete: 'none',
  },
  internal: { type: 'boolean', describe: 'No way out of it' },
  'ip-range': {
    type: 'strings',
    value: 'range',
    describe: 'Addresses of a subnet that containers get: a subnet, or FIRST-LAST',
    complete: 'none',
  },
  'ipam-driver': {
    type: 'string',
    value: 'driver',
    describe: 'Who gives addresses: host-local, none',
    complete: 'none',
  },
  ipv6: { type: 'boolean', describe: 'IPv6 as well as IPv4' },
  label: { type: 'strings', value: 'name=value', describe: 'Add a label', complete: 'none' },
  macvlan: {
    type: 'string',
    value: 'interface',
    isHidden: true,
    describe: 'Older spelling of --driver macvlan --opt parent=',
  },
  opt: {
    type: 'strings',
    short: 'o',
    value: 'name=value',
    describe: 'Option of the driver: mtu, vlan, isolate, mode, parent, metric, no_default_route, bclim',
    complete: 'none',
  },
  route: { type: 'strings', value: 'subnet,gateway[,metric]', describe: 'Route of the containers', complete: 'none' },
  subnet: {
    type: 'strings',
    value: 'subnet',
    describe: 'Subnet, such as 10.1.2.0/24; a free one unless said',
    complete: 'none',
  },
})

type CreateInvocation = Invocation<typeof options>

export default defineCommand({
  options,
  positionals: [{ name: 'name', isOptional: true, complete: 'none' }],
  examples: [
    'gantry network create web',
    'gantry network create --subnet 10.1.2.0/24 --gateway 10.1.2.254 --ipv6 web',
    'gantry network create --driver macvlan --opt parent=eth0 --subnet 192.168.1.0/24 lan',
  ],
  async run(open, invocation) {
    const wanted = wantedNetwork(invocation)
    const [engine, { create }] = await Promise.all([open(), import('../../../engine/network/create.ts')])
    const { name } = await create(engine, wanted, { isExistingFine: invocation.options.ignore })
    printLine(name)
    return 0
  },
})

/** @throws invalid `network-invalid`, `label-invalid` */
function wantedNetwork({ options: given, args }: CreateInvocation): NewNetwork {
  if (given.macvlan !== undefined) {
    complain('The --macvlan option is deprecated, use `--driver macvlan --opt parent=<device>` instead\n')
  }
  const { parent, ...others } = Object.fromEntries(given.opt.map((text) => keyValue(text)))
  const driver = given.macvlan === undefined ? given.driver : 'macvlan'
  const isUnder = driver === 'macvlan' || driver === 'ipvlan'
  const underlying = given.macvlan ?? (isUnder ? parent : undefined) ?? given['interface-name']
  const subnets = wantedSubnets(given)
  return {
    name: args[0],
    driver,
    ...(underlying === undefined ? {} : { network_interface: underlying }),
    ...(subnets.length === 0 ? {} : { subnets }),
    routes: given.route.map(parseRoute),
    ipv6_enabled: given.ipv6,
    internal: given.internal,
    dns_enabled: !given['disable-dns'],
    network_dns_servers: given.dns,
    labels: Object.fromEntries(given.label.map((text) => keyValue(text))),
    options: isUnder || parent === undefined ? others : { ...others, parent },
    ...(given['ipam-driver'] === undefined ? {} : { ipam_options: { driver: given['ipam-driver'] } }),
  }
}

function wantedSubnets({ subnet, gateway, 'ip-range': range }: CreateInvocation['options']): NetworkSubnet[] {
  if (subnet.length === 0 && (range.length > 0 || gateway.length > 0)) {
    throw bad('cannot set gateway or range without subnet')
  }
  if (gateway.length > subnet.length) throw bad('cannot set more gateways than subnets')
  if (range.length > subnet.length) throw bad('cannot set more ranges than subnets')
  return subnet.map((text, index) => {
    if (parseCidr(text) === undefined) throw bad(`invalid CIDR address: ${text}`)
    const [own, ownRange] = [gateway[index], range[index]]
    if (own !== undefined && parseIp(own) === undefined) {
      throw bad(
        `invalid argument ${JSON.stringify(own)} for "--gateway" flag: invalid string being converted to IP address: ${own}`,
      )
    }
    return {
      subnet: text,
      ...(own === undefined ? {} : { gateway: own }),
      ...(ownRange === undefined ? {} : { lease_range: parseRange(ownRange) }),
    }
  })
}

/** FIRST-LAST, or a subnet without its own address and its broadcast. */
function parseRange(text: string): NonNullable<NetworkSubnet['lease_range']> {
  const [start = '', end] = text.split('-')
  if (end !== undefined) {
    if (parseIp(start) === undefined) throw bad(`range start ip ${JSON.stringify(start)} is not a ip address`)
    if (parseIp(end) === undefined) throw bad(`range end ip ${JSON.stringify(end)} is not a ip address`)
    return { start_ip: start, end_ip: end }
  }
  const parsed = parseCidr(text)
  if (parsed === undefined) throw bad(`invalid CIDR address: ${text}`)
  const last = lastOf(parsed.subnet)
  return { start_ip: printIp(addressAt(parsed.subnet, 1n)), end_ip: printIp(last) }
}

function parseRoute(text: string): NetworkRoute {
  const [destination = '', gateway = '', metric, ...rest] = text.split(',')
  if (!text.includes(',') || rest.length > 0) {
    throw bad(`invalid route: ${text}\nFormat: --route <destination in CIDR>,<gateway>,<metric (optional)>`)
  }
  if (parseCidr(destination) === undefined) throw bad(`invalid route destination ${destination}`)
  if (parseIp(gateway) === undefined) throw bad(`invalid route gateway ${gateway}`)
  if (metric === undefined) return { destination, gateway }
  if (!/^\d{1,10}$/.test(metric) || Number(metric) >= 2 ** 32) throw bad(`invalid route metric ${metric}`)
  return { destination, gateway, metric: Number(metric) }
}

function bad(message: string): EngineError {
  return invalid('network-invalid', message)
}
