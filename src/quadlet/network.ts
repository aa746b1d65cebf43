// .network → a service that makes a network, once.

import { invalid } from '../base/errors.ts'
import {
  addCommand,
  booleanFlags,
  type Conversion,
  listFlags,
  oneshot,
  ownArguments,
  pairFlags,
  programWords,
  textFlags,
} from './conversion.ts'
import { baseName } from './quadlet.ts'
import { lookupAll, lookupText } from './unit-file.ts'

export const networkKeys =
  'DNS DisableDNS Driver Gateway IPAMDriver IPRange IPv6 Internal Label NetworkName Options Subnet'

/** @throws invalid for what cannot be converted */
export function convertNetwork(conversion: Conversion): void {
  const { quadlet, section } = conversion
  quadlet.resource = lookupText(quadlet.file, section, 'NetworkName') ?? `systemd-${baseName(quadlet.fileName)}`
  addCommand(conversion, 'ExecStart', [
    ...programWords(conversion),
    ...['network', 'create', '--ignore'],
    ...booleanFlags(conversion, 'DisableDNS --disable-dns \n Internal --internal \n IPv6 --ipv6'),
    ...textFlags(conversion, 'Driver --driver \n IPAMDriver --ipam-driver'),
    ...listFlags(conversion, 'DNS --dns'),
    ...subnetFlags(conversion),
    ...pairFlags(conversion, 'Options --opt \n Label --label'),
    ...ownArguments(conversion),
    quadlet.resource,
  ])
  oneshot(conversion, { remains: true })
}

/** The first gateway and range are those of the first subnet. */
function subnetFlags({ quadlet, section }: Conversion): string[] {
  const all = (key: string) => lookupAll(quadlet.file, section, key)
  const [subnets, gateways, ranges] = [all('Subnet'), all('Gateway'), all('IPRange')]
  if (subnets.length === 0 && gateways.length + ranges.length > 0) {
    throw invalid('quadlet-invalid', 'cannot set gateway or range without subnet')
  }
  if (gateways.length > subnets.length) throw invalid('quadlet-invalid', 'cannot set more gateways than subnets')
  if (ranges.length > subnets.length) throw invalid('quadlet-invalid', 'cannot set more ranges than subnets')
  return subnets.flatMap((subnet, index) => {
    const [gateway, range] = [gateways[index], ranges[index]]
    return [
      ...['--subnet', subnet],
      ...(gateway === undefined ? [] : ['--gateway', gateway]),
      ...(range === undefined ? [] : ['--ip-range', range]),
    ]
  })
}
