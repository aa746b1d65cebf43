// networks/<name>.json: a network in podman's own form. Field names are podman's.

import { type IpAddress, type IpSubnet, parseCidr, parseIp } from '../../base/ip-address.ts'
import type { Versioned } from '../../state/record.ts'

export interface NetworkRecord {
  readonly name: string
  readonly id: string
  readonly driver: string
  readonly network_interface?: string
  readonly created: string
  readonly subnets?: readonly NetworkSubnet[]
  readonly routes?: readonly NetworkRoute[]
  readonly ipv6_enabled: boolean
  readonly internal: boolean
  readonly dns_enabled: boolean
  readonly network_dns_servers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, string>>
  readonly ipam_options?: Readonly<Record<string, string>>
}

export type StoredNetwork = NetworkRecord & Versioned

export interface NetworkSubnet {
  readonly subnet: string
  readonly gateway?: string
  readonly lease_range?: { readonly start_ip?: string; readonly end_ip?: string }
}

export interface NetworkRoute {
  readonly destination: string
  readonly gateway: string
  readonly metric?: number
}

export interface ParsedSubnet {
  readonly subnet: IpSubnet
  readonly gateway: IpAddress | undefined
  readonly first: IpAddress | undefined
  readonly last: IpAddress | undefined
}

export function subnetsOf({ subnets = [] }: Pick<NetworkRecord, 'subnets'>): ParsedSubnet[] {
  return subnets.map(({ subnet, gateway, lease_range: range }) => {
    const parsed = parseCidr(subnet)
    if (parsed === undefined) throw new Error(`stored subnet ${subnet} is none`)
    const read = (text: string | undefined) => (text === undefined ? undefined : parseIp(text))
    return { subnet: parsed.subnet, gateway: read(gateway), first: read(range?.start_ip), last: read(range?.end_ip) }
  })
}

export function ipamDriver({ ipam_options: options }: NetworkRecord): string {
  return options?.['driver'] ?? 'host-local'
}

/** Of a network option that is a number; undefined where it is not set. */
export function numberOption({ options }: Pick<NetworkRecord, 'options'>, name: string): number | undefined {
  const text = options?.[name]
  return text === undefined || text === '' || text === '0' ? undefined : Number(text)
}

export function isOptionTrue({ options }: NetworkRecord, name: string): boolean {
  return options?.[name] === 'true'
}

/** Whether its bridge belongs to somebody else, who looks after its addresses and its firewall. */
export function isUnmanaged({ driver, options }: Pick<NetworkRecord, 'driver' | 'options'>): boolean {
  return driver === 'bridge' && options?.['mode'] === 'unmanaged'
}

/** The bridge's name. */
export function bridgeOf({ name, network_interface: bridge }: NetworkRecord): string {
  if (bridge === undefined) throw new Error(`network ${name} has no bridge`)
  return bridge
}
