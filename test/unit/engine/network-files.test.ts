// /etc/hosts and /etc/resolv.conf of containers.

import { describe, expect, test } from 'vitest'
import { hostsFile, parseHosts } from '../../../src/engine/container/hosts-file.ts'
import { parseResolv, resolvConf } from '../../../src/engine/container/resolv-conf.ts'

describe('hostsFile', () => {
  const own = [{ address: '10.88.0.2', names: ['abc', 'web'] }]
  const base = parseHosts('# comment\n10.0.0.1 first # more\n\n10.0.0.2\tsecond third\n10.0.0.3\n')

  test('what is given comes first and wins', () => {
    const text = hostsFile({ added: ['x;y:10.1.1.1', 'gw:host-gateway'], base, hostAddress: '10.88.0.1', own })
    expect(text).toBe(
      '10.1.1.1\tx y\n10.88.0.1\tgw\n10.0.0.1\tfirst\n10.0.0.2\tsecond third\n127.0.0.1\tlocalhost\n::1\tlocalhost\n' +
        '10.88.0.1\thost.containers.internal host.docker.internal\n10.88.0.2\tabc web\n',
    )
    expect(hostsFile({ added: [], base: parseHosts('1.1.1.1 abc web'), hostAddress: '', own })).toBe(
      '1.1.1.1\tabc web\n127.0.0.1\tlocalhost\n::1\tlocalhost\n',
    )
  })

  test('a gateway that nobody knows is refused', () => {
    expect(() => hostsFile({ added: ['gw:host-gateway'], base: [], hostAddress: '', own })).toThrow('unable to replace')
  })
})

describe('resolvConf', () => {
  const nothing = {
    isHost: false,
    hasIpv6: false,
    networkServers: [],
    forwarders: [],
    servers: [],
    networkSearches: [],
    searches: ['example.com'],
    options: ['ndots:2'],
  }

  test.each([
    [
      { networkServers: ['10.89.0.1'], servers: ['1.1.1.1'] },
      'search example.com\nnameserver 10.89.0.1\noptions ndots:2\n',
    ],
    [
      { servers: ['1.1.1.1', '8.8.8.8'] },
      'search example.com\nnameserver 1.1.1.1\nnameserver 8.8.8.8\noptions ndots:2\n',
    ],
    [{ servers: ['1.1.1.1'], searches: ['.'] }, 'nameserver 1.1.1.1\noptions ndots:2\n'],
  ])('%j', (rest, wanted) => expect(resolvConf({ ...nothing, ...rest })).toBe(wanted))

  test('a file is read by its keywords', () => {
    expect(
      parseResolv('# x\nsearch a b\nsearch c\nnameserver 1.1.1.1\nnameserver ::1 # y\noptions a b\noptions c\n'),
    ).toEqual({
      servers: ['1.1.1.1', '::1'],
      searches: ['c'],
      options: ['a', 'b', 'c'],
    })
  })
})
