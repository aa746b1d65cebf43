// What `network create` takes for macvlan and ipvlan.

import { expect, test } from 'vitest'
import type { NewNetwork } from '../../../src/network/record/complete.ts'
import { checkDriverOptions } from '../../../src/network/record/driver-options.ts'

type Named = NewNetwork & { readonly name: string }

function wanted(rest: Partial<Named>): Named {
  return { name: 'lan', driver: 'macvlan', ipv6_enabled: false, internal: false, dns_enabled: true, ...rest }
}

const subnets = [{ subnet: '10.70.0.0/24' }]

test.each(['0', '-1', '+5', '2147483647', '-2147483648'])('bclim %s is taken', (bclim) => {
  expect(checkDriverOptions(wanted({ subnets, options: { bclim } }), []).options).toEqual({ bclim })
})

test.each([
  [{ subnets, options: { bclim: '2147483648' } }, 'value out of range'],
  [{ subnets, options: { bclim: 'five' } }, 'invalid syntax'],
  [{ subnets, options: { mode: 'source' } }, 'unknown macvlan mode "source"'],
  [{ subnets, driver: 'ipvlan', options: { bclim: '1' } }, 'unsupported ipvlan network option bclim'],
  [{ subnets, network_interface: 'nope' }, 'parent interface nope does not exist'],
])('%j is refused: %s', (rest, reason) => {
  expect(() => checkDriverOptions(wanted(rest), ['eth0'])).toThrow(reason)
})

test.each([
  [{}, 'network lan has no subnet'],
  [{ ipam_options: { driver: 'dhcp' } }, 'the dhcp ipam driver is not supported'],
  [{ driver: 'ipvlan' }, 'not supported with ipvlan'],
])('DHCP is refused with what to do instead: %j', (rest, reason) => {
  const create = () => checkDriverOptions(wanted(rest), [])
  expect(create).toThrow(reason)
  expect(create).toThrow(expect.objectContaining({ hint: expect.stringContaining('--subnet') }))
})
