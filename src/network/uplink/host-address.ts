// Which address is the host's for those whom pasta connects: its namespace has the host's own, which reaches nobody but itself.

import { ipFromBytes, printIp } from '../../base/ip-address.ts'
import { listAddresses } from '../../os/links.ts'

/** Without loopback and link-local ones: nobody could say which link. */
export function namespaceAddresses(): string[] {
  const all = listAddresses().map(({ bytes }) => printIp(ipFromBytes(bytes)))
  return all.filter((address) => !address.startsWith('127.') && address !== '::1' && !address.startsWith('fe80:'))
}

/** `inside`: the addresses in the namespace; `offered`: those that pasta takes for the host's. We are on the host. Empty where there is none. */
export function hostAddressBehind(inside: readonly string[], offered: readonly string[]): string {
  const usable = offered.find((address) => inside.some((own) => own.includes(':') === address.includes(':')))
  return usable ?? namespaceAddresses().find((address) => !inside.includes(address)) ?? ''
}
