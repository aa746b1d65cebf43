// root's bridges, with a neighbour outside.

import { execFileSync, spawnSync } from 'node:child_process'
import { root } from './caller.ts'
import { check, equal, eventually, matches } from './check.ts'
import { ask, askFrom, cheap, host, hostLinks, isAnswered, neighbour, serveAs } from './lan.ts'

export async function checkNetwork(): Promise<void> {
  await check('network: the default bridge leads out, masqueraded', () => {
    equal(askFrom(root, 'podman', neighbour.ipv4, neighbour.beyond), `${host.ipv4} ${host.ipv4}`)
  })
  await check('network: IPv6 beside IPv4 leads out too, and names are known', async () => {
    root.ok('network', 'create', '--ipv6', '--subnet', '10.77.0.0/24', '--subnet', 'fd00:77::/64', 'dual')
    serveAs(root, 'web', '--network', 'dual', '--ip', '10.77.0.9', '--ip6', 'fd00:77::9', '-p', '8080:80')
    await isAnswered('host', '10.77.0.9', '10.77.0.1')
    const asked = askFrom(root, 'dual', 'web', `[${neighbour.ipv6}]`, neighbour.ipv4)
    matches(asked, new RegExp(`^(10\\.77\\.0\\.\\d+|fd00:77::\\d+) ${host.ipv6} ${host.ipv4}$`))
  })
  await check(
    'network: a published port answers on localhost and outside, and the client stays who it is',
    async () => {
      await isAnswered('host', '127.0.0.1:8080', '10.77.0.1')
      equal(ask('lan', `${host.ipv4}:8080`), neighbour.ipv4)
      equal(ask('lan', `[${host.ipv6}]:8080`), neighbour.ipv6)
    },
  )
  await check('network: rules that nft flush ruleset took come back by reload and by a start', async () => {
    for (const bringBack of [
      ['network', 'reload', 'web'],
      ['run', '--rm', '--network', 'dual', ...cheap, 'busybox', 'true'],
    ]) {
      execFileSync('nft', ['flush', 'ruleset'])
      equal(ask('lan', `${host.ipv4}:8080`), 'nobody')
      root.ok(...bringBack)
      equal(ask('lan', `${host.ipv4}:8080`), neighbour.ipv4)
    }
  })
  await check('network: rm leaves neither interface, rule nor name server', async () => {
    root.ok('network', 'rm', '-f', '-t', '0', 'dual')
    equal(/podman[1-9]|veth/.test(hostLinks()), false)
    equal(execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }).includes('dual'), false)
    await eventually('the name server ends', () => spawnSync('pgrep', ['aardvark-dns']).status === 1)
    equal(root.ok('system', 'check'), '')
  })
}
