// The network that is there without being made: in memory, so that it follows the configuration.

import { createHash } from 'node:crypto'
import { invalid } from '../../base/errors.ts'
import { addressAt, parseCidr, printIp, printSubnet } from '../../base/ip-address.ts'
import type { NetworkConfig } from '../network-config.ts'
import type { NetworkRecord } from './network-record.ts'

const defaultBridge = 'podman0'

/** @throws invalid `conf-invalid` */
export function defaultNetwork({ defaultNetwork: name, defaultSubnet }: NetworkConfig): NetworkRecord {
  const parsed = parseCidr(defaultSubnet)
  if (parsed === undefined) {
    throw invalid('conf-invalid', `failed to parse default subnet: invalid CIDR address: ${defaultSubnet}`)
  }
  return {
    name,
    id: idOf(name),
    driver: 'bridge',
    network_interface: defaultBridge,
    created: new Date().toISOString(),
    subnets: [{ subnet: printSubnet(parsed.subnet), gateway: printIp(addressAt(parsed.subnet, 1n)) }],
    ipv6_enabled: parsed.subnet.base.family === 6,
    internal: false,
    dns_enabled: false,
    ipam_options: { driver: 'host-local' },
  }
}

/** The hash of its name: the same on every machine, and podman's own for `podman`, which is not worth the loading of node:crypto. */
function idOf(name: string): string {
  if (name === 'podman') return '2f259bab93aaaaa2542ba43ef33eb990d0999ee1b9924b557b7be53c0b7a1bb9'
  return createHash('sha256').update(name).digest('hex')
}
