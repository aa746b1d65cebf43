import { describe, expect, test } from 'vitest'
import {
  addressAt,
  doOverlap,
  ipBytes,
  ipFromBytes,
  isInSubnet,
  lastOf,
  parseCidr,
  parseIp,
  printIp,
  printSubnet,
} from '../../../src/base/ip-address.ts'

function roundTrip(text: string): string | undefined {
  const address = parseIp(text)
  return address === undefined ? undefined : printIp(ipFromBytes(ipBytes(address)))
}

describe('parseIp and printIp', () => {
  test.each([
    ['10.88.0.1', '10.88.0.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['::1', '::1'],
    ['fd00::', 'fd00::'],
    ['FE80:0:0:0:480a:f8ff:fefd:f1a6', 'fe80::480a:f8ff:fefd:f1a6'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['64:ff9b::10.1.2.3', '64:ff9b::a01:203'],
    ['1.2.3', undefined],
    ['1.2.3.256', undefined],
    ['01.2.3.4', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4:5:6:7', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['12345::', undefined],
    ['', undefined],
  ])('%s', (text, wanted) => expect(roundTrip(text)).toBe(wanted))
})

describe('subnets', () => {
  const subnet = (text: string) => {
    const parsed = parseCidr(text)
    if (parsed === undefined) throw new Error(`${text} is no subnet`)
    return parsed.subnet
  }

  test.each([
    ['10.88.3.4/16', '10.88.0.0/16', '10.88.255.255', '10.88.0.1'],
    ['10.1.2.3/32', '10.1.2.3/32', '10.1.2.3', '10.1.2.4'],
    ['fd00:1::5/64', 'fd00:1::/64', 'fd00:1::ffff:ffff:ffff:ffff', 'fd00:1::1'],
  ])('%s begins, ends, counts', (text, base, last, first) => {
    const parsed = subnet(text)
    expect([printSubnet(parsed), printIp(lastOf(parsed)), printIp(addressAt(parsed, 1n))]).toEqual([base, last, first])
  })

  test.each(['10.0.0.0', '10.0.0.0/33', 'fd00::/129', '/24', 'x/24'])('%s is none', (text) =>
    expect(parseCidr(text)).toBeUndefined(),
  )

  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.1.0.0/16', '10.2.0.0/16', false],
    ['10.0.0.0/8', 'fd00::/8', false],
  ])('%s and %s overlap: %s', (a, b, wanted) => expect(doOverlap(subnet(a), subnet(b))).toBe(wanted))

  test('an address is in its own family alone', () => {
    const address = parseIp('10.1.2.3')
    expect(address && isInSubnet(address, subnet('::/0'))).toBe(false)
  })
})
