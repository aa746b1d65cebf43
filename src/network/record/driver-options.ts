// --driver and --opt: which options a driver knows, and what they may be.

import { EngineError, invalid } from '../../base/errors.ts'
import { parseGoBool } from '../../base/go-bool.ts'
import type { NewNetwork } from './complete.ts'

type Options = Readonly<Record<string, string>>
type Named = NewNetwork & { readonly name: string }
/** The value as it is kept. */
type Check = (value: string) => string

export const macvlanModes = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const
export const ipvlanModes = { l2: 0, l3: 1, l3s: 2 } as const

const bridgeOptions: Readonly<Record<string, Check>> = {
  mtu: checkMtu,
  vlan: checkVlan,
  isolate: (value) =>
    value === 'strict' ? value : String(value !== '' && goBoolean(value, 'failed to parse isolate option: ')),
  metric: checkMetric,
  no_default_route: (value) => String(goBoolean(value)),
  mode: (value) => checkMode('bridge', value, ['managed', 'unmanaged']),
}

const macvlanOptions: Readonly<Record<string, Check>> = {
  mode: (value) => checkMode('macvlan', value, Object.keys(macvlanModes)),
  metric: checkMetric,
  mtu: checkMtu,
  no_default_route: (value) => String(goBoolean(value)),
  bclim: checkBroadcastLimit,
}

const { bclim: _bclim, ...sharedOptions } = macvlanOptions
const ipvlanOptions = {
  ...sharedOptions,
  mode: (value: string) => checkMode('ipvlan', value, Object.keys(ipvlanModes)),
}

/** `links`: the host's interfaces. @throws invalid `network-invalid`; unsupported `network-driver-unknown` */
export function checkDriverOptions(wanted: Named, links: readonly string[]): Named {
  const ipam = wanted.ipam_options?.['driver']
  if (ipam !== undefined && !['host-local', 'dhcp', 'none'].includes(ipam)) {
    throw bad(`unsupported ipam driver ${JSON.stringify(ipam)}`)
  }
  switch (wanted.driver) {
    case 'bridge':
      if (ipam === 'dhcp') throw unsupportedDhcp()
      return { ...wanted, options: checked('bridge', wanted.options, bridgeOptions) }
    case 'macvlan':
    case 'ipvlan':
      return completeUnderlying(wanted, links)
    default:
      throw new EngineError({
        kind: 'unsupported',
        code: 'network-driver-unknown',
        message: `failed to find driver or plugin ${JSON.stringify(wanted.driver)}`,
        hint: 'Choose from: bridge, macvlan, ipvlan',
      })
  }
}

/** Names are not served there: the host has no address in such a network. */
function completeUnderlying(wanted: Named, links: readonly string[]): Named {
  const { driver, network_interface: parent, subnets = [] } = wanted
  if (parent !== undefined && parent !== '' && !links.includes(parent)) {
    throw bad(`parent interface ${parent} does not exist`)
  }
  const ipam = wanted.ipam_options?.['driver'] ?? (subnets.length === 0 ? 'dhcp' : 'host-local')
  checkIpam(wanted, ipam)
  const known = driver === 'macvlan' ? macvlanOptions : ipvlanOptions
  return {
    ...wanted,
    dns_enabled: false,
    options: checked(driver, wanted.options, known),
    ipam_options: { ...wanted.ipam_options, driver: ipam },
  }
}

function checkIpam({ name, driver, subnets = [], ipam_options: options }: Named, ipam: string): void {
  if (ipam === 'host-local' && subnets.length === 0) {
    throw bad(`${driver} driver needs at least one subnet specified when the host-local ipam driver is set`)
  }
  if (ipam !== 'dhcp') return
  if (driver === 'ipvlan')
    throw invalid('network-invalid', 'ipam driver dhcp is not supported with ipvlan', dhcpInstead)
  if (subnets.length > 0) throw bad('ipam driver dhcp set but subnets are set')
  const isAsked = options?.['driver'] === 'dhcp'
  throw unsupportedDhcp(
    isAsked ? undefined : `network ${name} has no subnet, and to get its addresses by DHCP is not supported`,
  )
}

const dhcpInstead =
  'Give the network a subnet: --subnet 192.168.1.0/24 --ip-range …, or let the container do it: --ipam-driver none'

/** A lease of DHCP must be kept alive by a program that outlives us. */
function unsupportedDhcp(message = 'the dhcp ipam driver is not supported'): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'network-dhcp-unsupported',
    message,
    hint: dhcpInstead,
  })
}

function checked(driver: string, options: Options = {}, known: Readonly<Record<string, Check>>): Options {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => {
      const check = Object.hasOwn(known, name) ? known[name] : undefined
      if (check === undefined) throw bad(`unsupported ${driver} network option ${name}`)
      return [name, check(value)]
    }),
  )
}

function checkMtu(value: string): string {
  if (value !== '' && !/^-?\d+$/.test(value)) {
    throw bad(`strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`)
  }
  if (Number(value) < 0) throw bad(`mtu ${value} is less than zero`)
  return value
}

function checkVlan(value: string): string {
  if (value !== '' && !/^-?\d+$/.test(value)) {
    throw bad(`strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`)
  }
  if (Number(value) < 0 || Number(value) > 4094) throw bad(`vlan ID ${value} must be between 0 and 4094`)
  return value
}

function checkMetric(value: string): string {
  if (/^\d+$/.test(value) && Number(value) < 2 ** 32) return value
  throw bad(`strconv.ParseUint: parsing ${JSON.stringify(value)}: invalid syntax`)
}

function checkBroadcastLimit(value: string): string {
  const isNumber = /^[-+]?\d+$/.test(value)
  if (isNumber && Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31) return value
  const reason = isNumber ? 'value out of range' : 'invalid syntax'
  throw bad(`failed to parse "bclim" option: strconv.ParseInt: parsing ${JSON.stringify(value)}: ${reason}`)
}

function checkMode(driver: string, value: string, modes: readonly string[]): string {
  if (modes.includes(value)) return value
  throw bad(`unknown ${driver} mode ${JSON.stringify(value)}`)
}

function goBoolean(text: string, where = ''): boolean {
  const value = parseGoBool(text)
  if (value !== undefined) return value
  throw bad(`${where}strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
}

function bad(message: string): EngineError {
  return invalid('network-invalid', message)
}
