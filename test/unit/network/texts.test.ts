// What other programs get from src/network: nft's rules, aardvark-dns's files, pasta's and slirp4netns's words.

import { describe, expect, test } from 'vitest'
import { entranceElement, entranceOf } from '../../../src/network/firewall/entrances.ts'
import {
  addElementsText,
  deleteElementsText,
  networkRemovalText,
  networksText,
  portElements,
} from '../../../src/network/firewall/rules.ts'
import { changeEntries } from '../../../src/network/names/entries.ts'
import { isKnown, printQuestion } from '../../../src/network/names/query.ts'
import type { NetworkRecord } from '../../../src/network/record/network-record.ts'
import { entranceArguments, pastaArguments } from '../../../src/network/uplink/pasta-arguments.ts'
import { slirpOptions } from '../../../src/network/uplink/slirp-options.ts'

function network(rest: Partial<NetworkRecord> = {}): NetworkRecord {
  return {
    name: 'web',
    id: 'x',
    driver: 'bridge',
    network_interface: 'podman1',
    created: '2026-01-01T00:00:00Z',
    subnets: [{ subnet: '10.89.0.0/24', gateway: '10.89.0.1' }],
    ipv6_enabled: false,
    internal: false,
    dns_enabled: true,
    ...rest,
  }
}

describe('the firewall', () => {
  test('chains come before the maps that name them, rules after they are flushed', () => {
    const text = networksText([network(), network({ name: 'two', network_interface: 'podman2' })], 53)
    const at = (line: string) => {
      expect(text).toContain(line)
      return text.indexOf(line)
    }
    expect(at('add chain inet gantry out_two')).toBeLessThan(at('add map inet gantry sources4'))
    expect(at('flush chain inet gantry out_web')).toBeLessThan(at('add rule inet gantry out_web'))
    expect(text.match(/flush chain inet gantry postrouting/g)).toHaveLength(1)
  })

  test.each([
    [{}, 'add rule inet gantry out_web ip daddr != { 10.89.0.0/24, 224.0.0.0/4 } masquerade', true],
    [{ internal: true }, 'masquerade\nadd rule inet gantry out_web', false],
    [{ internal: true }, 'add rule inet gantry forward_podman1 drop', true],
    [{ options: { isolate: 'true' } }, 'add rule inet gantry forward_podman1 oifname @isolated drop', true],
    [{ options: { isolate: 'strict' } }, 'add rule inet gantry forward_podman1 oifname @bridges drop', true],
    [{}, 'add element inet gantry gateways4 { 10.89.0.1 : jump names_web }', true],
    [{ dns_enabled: false }, 'gateways4 { 10.89.0.1', false],
    [{ subnets: [{ subnet: 'fd00::/64' }] }, 'add element inet gantry sources6 { fd00::/64 : jump out_web }', true],
  ])('%j', (rest, line, isThere) => expect(networksText([network(rest)], 53).includes(line)).toBe(isThere))

  test('a removal ends with the chains', () => {
    expect(networkRemovalText(network())).toMatch(
      /delete element inet gantry sources4 .*\n[\s\S]*delete chain inet gantry out_web\n/,
    )
  })

  test('ports become elements, by address where one is named, by family where there is an address', () => {
    const mapping = { hostAddress: '', hostPort: 8080, port: 80, count: 2, protocol: 'tcp' } as const
    const target = { ipv4: '10.89.0.2', ipv6: 'fd00::2' }
    expect(addElementsText(portElements([mapping], target))).toBe(
      'add element inet gantry published4 { tcp . 8080 : 10.89.0.2 . 80, tcp . 8081 : 10.89.0.2 . 81 }\n' +
        'add element inet gantry published6 { tcp . 8080 : fd00::2 . 80, tcp . 8081 : fd00::2 . 81 }\n',
    )
    const bound = portElements([{ ...mapping, hostAddress: '127.0.0.1', count: 1 }], target)
    expect(deleteElementsText(bound)).toBe(
      'add element inet gantry bound4 { 127.0.0.1 . tcp . 8080 : 10.89.0.2 . 80 }\n' +
        'delete element inet gantry bound4 { 127.0.0.1 . tcp . 8080 : 10.89.0.2 . 80 }\n',
    )
    const forwarded = portElements([{ ...mapping, hostAddress: '127.0.0.1', count: 1 }], {
      ...target,
      isForwarded: true,
    })
    expect(forwarded).toEqual([{ map: 'published4', key: 'tcp . 8080', value: '10.89.0.2 . 80' }])
  })
})

describe('names', () => {
  const server = { listens: ['10.89.0.1', 'fd00::1'], servers: [] }
  const entry = (container: string) => ({
    container,
    ipv4: ['10.89.0.2'],
    ipv6: [],
    names: ['web', 'www'],
    servers: [],
  })

  test('an entry is added, replaced and taken away; nobody left leaves nothing', () => {
    const one = changeEntries('', server, { container: 'a', entry: entry('a') })
    expect(one).toBe('10.89.0.1,fd00::1\na 10.89.0.2  web,www\n')
    const two = changeEntries(one, server, { container: 'b', entry: { ...entry('b'), servers: ['9.9.9.9'] } })
    expect(two).toBe(`${one}b 10.89.0.2  web,www 9.9.9.9\n`)
    expect(changeEntries(two, server, { container: 'a', entry: undefined })).toBe(
      '10.89.0.1,fd00::1\nb 10.89.0.2  web,www 9.9.9.9\n',
    )
    expect(changeEntries(one, server, { container: 'a', entry: undefined })).toBe('')
  })

  test('a question is DNS', () => {
    expect(printQuestion('web.dns', 4).subarray(12).toString('latin1')).toBe('\x03web\x03dns\0\0\x01\0\x01')
    expect(isKnown(Buffer.from([0, 0, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]))).toBe(true)
    expect(isKnown(Buffer.from([0, 0, 0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0]))).toBe(false)
    expect(isKnown(Buffer.from([0, 0]))).toBe(false)
  })
})

describe('helpers', () => {
  const request = { options: [], ports: [], namespace: '/ns', pidFile: '/pid' }

  test('an entrance has an address and a gateway a family, and ports that keep their numbers', () => {
    const ports = [{ hostAddress: '0.0.0.0', hostPort: 8080, port: 80, count: 2, protocol: 'tcp' }] as const
    const entrance = { name: 'port1', ports, namespace: '/ns', pidFile: '/pid' }
    const rest = '-T none -U none --no-dhcp --no-dhcpv6 --no-ra --quiet --pid /pid --netns /ns'
    expect(entranceArguments({ ...entrance, addresses: ['192.0.2.2'] }).join(' ')).toBe(
      `--ns-ifname port1 --ipv4-only --address 192.0.2.2 --gateway 169.254.1.3 -t 0.0.0.0/8080-8081:8080-8081 -u none ${rest}`,
    )
    expect(entranceArguments({ ...entrance, addresses: ['192.0.2.2', 'fd00::2'] }).join(' ')).toMatch(
      /^--ns-ifname port1 --address 192.0.2.2 --address fd00::2 --gateway 169.254.1.3 --gateway fe80::1 -t /,
    )
    expect(entranceArguments({ ...entrance, addresses: ['fd00::2'] })).toContain('--ipv6-only')
  })

  test('the mark of an entrance is none of the kernel’s tables', () => {
    expect(entranceElement(entranceOf('0000000f'.repeat(8)))).toEqual({
      map: 'entrances',
      key: '"port0000000f"',
      value: '0x10000000',
    })
    expect(entranceElement(entranceOf('ffffffff'.repeat(8))).value).toBe('0x1fffffff')
  })

  test('pasta as podman calls it', () => {
    expect(pastaArguments(request, false).argv.join(' ')).toBe(
      '--config-net --dns-forward 169.254.1.1 -t none -u none -T none -U none --no-map-gw --quiet --pid /pid --netns /ns --map-guest-addr 169.254.1.2',
    )
    const options = ['--map-gw', '-T', '5000', '--dns-forward', '1.1.1.1']
    const ports = [{ hostAddress: '127.0.0.1', hostPort: 8080, port: 80, count: 1, protocol: 'tcp' }] as const
    const { argv, forwarders, hostAddresses } = pastaArguments({ ...request, options, ports }, true)
    expect(argv.join(' ')).toBe(
      '--config-net -T 5000 --dns-forward 1.1.1.1 -t 127.0.0.1/8080-8080:80-80 -u none -U none --quiet --pid /pid --netns /ns',
    )
    expect({ forwarders, hostAddresses }).toEqual({ forwarders: ['1.1.1.1'], hostAddresses: [] })
  })

  test('slirp4netns’s options', () => {
    expect(slirpOptions(['cidr=10.5.0.0/24', 'enable_ipv6=false'])).toMatchObject({
      address: '10.5.0.100',
      gateway: '10.5.0.2',
      nameServer: '10.5.0.3',
      hasIpv6: false,
    })
    expect(() => slirpOptions(['nope=1'])).toThrow('unknown option for slirp4netns: "nope=1"')
    expect(() => slirpOptions(['mtu=x'])).toThrow('invalid mtu "x"')
  })
})
