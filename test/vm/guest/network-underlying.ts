// macvlan and ipvlan, on a LAN with a neighbour who is the gateway. What is expected is what podman 5.4 did in this very machine.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { root } from './caller.ts'
import { check, equal, matches } from './check.ts'
import {
  ask,
  askFrom,
  cheap,
  deviceOf,
  host,
  hostLinks,
  isAnswered,
  neighbour,
  parent,
  serveAs,
  subnets,
} from './lan.ts'

export async function checkUnderlying(): Promise<void> {
  await checkMacvlan()
  await checkMacvlanModes()
  await checkMacvlanSettings()
  await checkIpvlan()
  await checkRefusals()
  await check('network: macvlan and ipvlan leave nothing', () => {
    root.ok('network', 'prune', '--force')
    equal(root.ok('ps', '--all', '--quiet'), '')
    equal(root.ok('network', 'ls', '--quiet'), 'podman')
    equal(root.ok('system', 'check'), '')
    equal(/veth|macvlan|ipvlan/.test(hostLinks()), false)
  })
}

async function checkMacvlan(): Promise<void> {
  await check('network: macvlan with an address, a MAC address and an MTU of its own', () => {
    createOn('macvlan', 'lan', ...subnets, '-o', 'mtu=1400', '-o', 'bclim=5')
    serveAs(
      root,
      'one',
      '--network',
      'lan',
      '--ip',
      '10.70.0.50',
      '--mac-address',
      '02:00:00:00:00:50',
      '-p',
      '8080:80',
    )
    const device = deviceOf(root, 'one')
    matches(device, /mtu 1400 /)
    matches(device, /link\/ether 02:00:00:00:00:50 /)
    matches(device, /macvlan mode bridge .*bclim 5 /)
  })
  await check('network: macvlan containers reach each other, the LAN and what is beyond', async () => {
    await isAnswered('lan', '10.70.0.50', neighbour.ipv4)
    const addresses = ['10.70.0.50', neighbour.ipv4, neighbour.beyond, `[${neighbour.ipv6}]`]
    equal(askFrom(root, 'lan', ...addresses), '10.70.0.129 10.70.0.129 10.70.0.129 fd00:70::3')
  })
  await check('network: a port published from macvlan is shown, and leads nowhere', () => {
    equal(root.ok('port', 'one'), '80/tcp -> 0.0.0.0:8080')
    equal(execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }).includes('8080'), false)
    equal(ask('lan', `${host.ipv4}:8080`), 'nobody')
  })
  await check('network: macvlan is inspected in podman’s JSON', checkInspect)
  await check('network: a port of a container in macvlan and a bridge leads to the bridge', async () => {
    root.ok('rm', '-f', '-t', '0', 'one')
    serveAs(root, 'both', '--network', 'lan', '--network', 'podman:ip=10.88.0.77', '-p', '8080:80')
    await isAnswered('host', '127.0.0.1:8080', '10.88.0.1')
    root.ok('network', 'disconnect', 'lan', 'both')
    root.ok('network', 'connect', 'lan', 'both')
    matches(deviceOf(root, 'both'), /macvlan mode bridge/)
    root.ok('rm', '-f', '-t', '0', 'both')
  })
}

function checkInspect(): void {
  const [network] = JSON.parse(root.ok('network', 'inspect', 'lan'))
  const { id, created: _, containers: __, ...rest } = network
  equal(
    JSON.stringify(rest),
    JSON.stringify({
      name: 'lan',
      driver: 'macvlan',
      network_interface: parent,
      subnets: [
        {
          subnet: '10.70.0.0/24',
          gateway: neighbour.ipv4,
          lease_range: { start_ip: '10.70.0.129', end_ip: '10.70.0.191' },
        },
        { subnet: 'fd00:70::/64', gateway: neighbour.ipv6 },
      ],
      ipv6_enabled: true,
      internal: false,
      dns_enabled: false,
      options: { bclim: '5', mtu: '1400' },
      ipam_options: { driver: 'host-local' },
    }),
  )
  const settings = JSON.parse(root.ok('inspect', '--format', '{{json .NetworkSettings}}', 'one'))
  equal(JSON.stringify(settings.Ports), '{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"}]}')
  const { Aliases: ___, ...own } = settings.Networks.lan
  equal(
    JSON.stringify(own),
    JSON.stringify({
      EndpointID: '',
      Gateway: neighbour.ipv4,
      IPAddress: '10.70.0.50',
      IPPrefixLen: 24,
      IPv6Gateway: neighbour.ipv6,
      GlobalIPv6Address: 'fd00:70::2',
      GlobalIPv6PrefixLen: 64,
      MacAddress: '02:00:00:00:00:50',
      NetworkID: id,
      DriverOpts: null,
      IPAMConfig: null,
      Links: null,
    }),
  )
}

/** What vepa does is the business of a switch that we have not got. */
async function checkMacvlanModes(): Promise<void> {
  for (const mode of ['private', 'vepa', 'passthru']) {
    await check(`network: macvlan in mode ${mode}`, async () => {
      const name = `lan-${mode}`
      await withServer({ driver: 'macvlan', name, words: [...subnets, '-o', `mode=${mode}`] }, async () => {
        matches(deviceOf(root, 'one'), new RegExp(`macvlan mode ${mode} `))
        await isAnswered('lan', '10.70.0.129', neighbour.ipv4)
        if (mode === 'private') equal(askFrom(root, name, '10.70.0.129', neighbour.ipv4), 'nobody 10.70.0.130')
        if (mode === 'passthru') isRefused(startIn(name), 126, /keeps it to one container/)
      })
    })
  }
}

async function checkMacvlanSettings(): Promise<void> {
  await check('network: macvlan takes the default route’s interface for a parent', () => {
    root.ok('network', 'create', '-d', 'macvlan', '--subnet', '10.71.0.0/24', 'lan-of-default')
    root.ok('run', '-d', '--name', 'one', '--network', 'lan-of-default', ...cheap, 'busybox', 'sleep', '1000')
    const index = readFileSync(`/sys/class/net/${parent}/ifindex`, 'utf8').trim()
    matches(deviceOf(root, 'one'), new RegExp(`eth0@if${index}: `))
    root.ok('rm', '-f', '-t', '0', 'one')
  })
  await check('network: internal macvlan has no gateway, and one without ipam no address', () => {
    createOn('macvlan', 'inside', '--internal', '--subnet', '10.72.0.0/24')
    createOn('macvlan', 'bare', '--ipam-driver', 'none', '--route', '10.9.0.0/16,10.8.0.1')
    const script = 'ip -4 -o address show eth0; ip route'
    const show = (network: string) =>
      root.ok('run', '--rm', '--network', network, ...cheap, 'busybox', 'sh', '-c', script)
    matches(
      show('inside'),
      /^2: eth0 +inet 10\.72\.0\.1\/24 .*\n10\.72\.0\.0\/24 dev eth0 scope link +src 10\.72\.0\.1 *$/,
    )
    equal(show('bare'), '')
  })
}

async function checkIpvlan(): Promise<void> {
  execFileSync('ip', ['-n', 'lan', 'route', 'add', '10.75.0.0/24', 'via', host.ipv4])
  const mac = readFileSync(`/sys/class/net/${parent}/address`, 'utf8').trim()
  for (const [mode, range, address, second] of [
    ['l2', subnets, '10.70.0.129', '10.70.0.130'],
    ['l3', ['--subnet', '10.75.0.0/24'], '10.75.0.2', '10.75.0.3'],
    ['l3s', ['--subnet', '10.75.0.0/24'], '10.75.0.2', '10.75.0.3'],
  ] as const) {
    await check(`network: ipvlan in mode ${mode}: containers reach each other and the LAN`, async () => {
      const words = [...range, '-o', `mode=${mode}`, '-o', 'mtu=1400']
      await withServer({ driver: 'ipvlan', name: mode, words }, async () => {
        matches(deviceOf(root, 'one'), new RegExp(` mtu 1400 [^]*link/ether ${mac} [^]*ipvlan +mode ${mode} `))
        await isAnswered('lan', address, neighbour.ipv4)
        equal(askFrom(root, mode, address, neighbour.ipv4), `${second} ${second}`)
        equal(root.ok('inspect', '--format', `{{.NetworkSettings.Networks.${mode}.MacAddress}}`, 'one'), mac)
        if (mode === 'l2') isRefused(startIn('lan'), 126, /in use otherwise/)
      })
    })
  }
}

async function checkRefusals(): Promise<void> {
  await check('network: macvlan and ipvlan refuse bad options with one clear line', () => {
    const create = (driver: string, ...words: string[]) => ['network', 'create', '-d', driver, ...words, 'bad']
    const subnet = ['--subnet', '10.79.0.0/24']
    isRefused(create('macvlan', '-o', 'parent=nope', ...subnet), 125, /parent interface nope does not exist/)
    isRefused(create('macvlan', '-o', 'mode=source', ...subnet), 125, /unknown macvlan mode "source"/)
    isRefused(create('ipvlan', '-o', 'bclim=1', ...subnet), 125, /unsupported ipvlan network option bclim/)
    isRefused(create('macvlan'), 125, /network bad has no subnet.*--subnet.*--ipam-driver none/s)
    isRefused(create('macvlan', '--ipam-driver', 'dhcp'), 125, /dhcp ipam driver is not supported.*--subnet/s)
    isRefused(create('ipvlan'), 125, /dhcp is not supported with ipvlan.*--subnet/s)
  })
  await check(
    'network: a macvlan that its parent does not take is one clear line at the start, and leaves nothing',
    () => {
      createOn('macvlan', 'large', '--subnet', '10.79.0.0/24', '-o', 'mtu=9000')
      isRefused(startIn('large'), 126, /mtu 9000 of network large is more than that of its parent parent0, 1500/)
      root.ok('network', 'create', '-d', 'macvlan', '-o', 'parent=lo', '--subnet', '10.78.0.0/24', 'looped')
      isRefused(
        startIn('looped'),
        126,
        /parent lo takes no macvlan interface of network looped: it is no Ethernet interface/,
      )
      const mac = readFileSync(`/sys/class/net/${parent}/address`, 'utf8').trim()
      isRefused(startIn('lan', '--mac-address', mac), 126, /the MAC address is taken there/)
      execFileSync('ip', ['link', 'add', 'going', 'type', 'dummy'])
      root.ok('network', 'create', '-d', 'macvlan', '-o', 'parent=going', '--subnet', '10.78.0.0/24', 'gone')
      execFileSync('ip', ['link', 'delete', 'going'])
      isRefused(startIn('gone'), 126, /parent interface going of network gone does not exist/)
    },
  )
}

/** A network, and in it the server `one`, as long as `act` takes. */
async function withServer(
  { driver, name, words }: { driver: string; name: string; words: string[] },
  act: () => Promise<void>,
): Promise<void> {
  createOn(driver, name, ...words)
  try {
    serveAs(root, 'one', '--network', name)
    await act()
  } finally {
    root.ok('network', 'rm', '-f', '-t', '0', name)
  }
}

function startIn(network: string, ...words: string[]): string[] {
  return ['run', '--rm', '--network', network, ...words, ...cheap, 'busybox', 'true']
}

function createOn(driver: string, name: string, ...words: string[]): void {
  root.ok('network', 'create', '-d', driver, '-o', `parent=${parent}`, ...words, name)
}

/** In one line, and perhaps one more that says what to do. */
function isRefused(words: string[], code: number, message: RegExp): void {
  const answer = root.try(...words)
  matches(answer.stderr, message)
  equal(answer.stderr.trim().split('\n').length <= 2, true)
  equal(answer.code, code)
}
