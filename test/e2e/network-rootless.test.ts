// An ordinary user's containers in networks: pasta, slirp4netns, and bridges of the user's own; on a host of the test's own.

import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { type Box, type CommandOptions, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { openNetwork, type TestNetwork } from '../support/network.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const testPasta = requires('root', 'runc', 'pasta')
const testSlirp = requires('root', 'runc', 'slirp4netns')
const testBridge = requires('root', 'runc', 'nft', 'pasta', 'slirp4netns', 'aardvark-dns')
const serve = 'mkdir -p /www && echo hello > /www/index.html && exec httpd -f -vv -p 80 -h /www'

let network: TestNetwork
let box: Box

beforeEach(async () => {
  network = openNetwork()
  box = openBox({ network, user: testUser('gantry-network') })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
})

afterEach(async () => {
  await box.ok(['rm', '--all', '--force', '--time', '0'])
  const left = ['netns', 'rootless-network'].flatMap((name) => {
    const path = join(box.run, name)
    return existsSync(path) ? readdirSync(path) : []
  })
  await box[Symbol.asyncDispose]()
  network[Symbol.dispose]()
  expect(left).toEqual([])
})

function fetch(url: string): string {
  return network.host('curl', '-gs', '--max-time', '3', url).trim()
}

function neighbour(...argv: string[]): string {
  const [file = '', ...rest] = [...network.neighbour, ...argv]
  return execFileSync(file, rest, { encoding: 'utf8', timeout: 10_000 }).trim()
}

/** For the command that makes the user's network. */
function over(uplink: string): CommandOptions {
  const file = join(box.folder, 'containers.conf')
  writeFileSync(file, `[network]\ndefault_rootless_network_cmd = "${uplink}"\n`)
  return { env: { CONTAINERS_CONF: file } }
}

async function served(url: string): Promise<string> {
  for (let round = 0; round < 100; round += 1) {
    const text = fetch(url)
    if (text !== '') return text
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return ''
}

testPasta('pasta gives the address of the host, publishes ports, and keeps who the client is', async () => {
  expect(await box.ok(['run', '--rm', busybox, 'ip', '-4', '-o', 'address'])).toContain(network.hostAddress)
  await box.ok(['run', '-d', '--name', 'web', '-p', '8080:80', busybox, 'sh', '-c', serve])
  expect(await served('http://127.0.0.1:8080/')).toBe('hello')
  expect(fetch(`http://${network.hostAddress}:8080/`)).toBe('hello')
  const second = await box.try(['run', '--rm', '-p', '8080:80', busybox, 'true'])
  expect(second).toMatchObject({ code: 126 })
  expect(second.stderr).toMatch(/8080.*address already in use/)
})

testBridge('macvlan is refused, although pasta goes by the name of its parent', async () => {
  const [, parent = ''] = / dev (\S+)/.exec(network.host('ip', 'route', 'show', 'default')) ?? []
  await box.ok(['network', 'create', 'own'])
  await box.ok(['run', '-d', '--network', 'own', busybox, 'sleep', '1000'])
  await box.ok(['network', 'create', '-d', 'macvlan', '-o', `parent=${parent}`, '--subnet', '10.70.0.0/24', 'lan'])
  const { code, stderr } = await box.try(['run', '--rm', '--network', 'lan', busybox, 'true'])
  expect({ code, stderr }).toEqual({
    code: 126,
    stderr: expect.stringMatching(
      /^Error: parent interface \S+ of network lan does not exist\nAn ordinary user's networks do not see the host's interfaces/,
    ),
  })
  await box.ok(['rm', '--all', '--force', '--time', '0'])
  for (const name of ['own', 'lan']) await box.ok(['network', 'rm', name])
})

testPasta('a privileged port is refused with the sysctl and a port that is free', async () => {
  const { code, stderr } = await box.try(['run', '--rm', '-p', '80:80', busybox, 'true'])
  expect(code).toBe(126)
  expect(stderr).toContain("net.ipv4.ip_unprivileged_port_start=80' to /etc/sysctl.conf (currently 1024)")
  expect(stderr).toContain('-p 8080:')
})

testPasta('a user namespace of the container’s own may listen on low ports', async () => {
  const script = 'httpd -p 80 -h / && wget -qO- http://127.0.0.1/etc/hostname'
  expect(
    await box.ok(['run', '--rm', '--userns', 'keep-id', '--hostname', 'inside', busybox, 'sh', '-c', script]),
  ).toBe('inside')
})

testPasta(
  'a user namespace of the container’s own owns the network: exec joins both, and /sys shows no other',
  async () => {
    await box.ok([
      'run',
      '-d',
      '--name',
      'mine',
      '--userns',
      'keep-id',
      '--cap-add',
      'NET_ADMIN',
      busybox,
      'sleep',
      '1000',
    ])
    expect(await box.ok(['exec', 'mine', 'sh', '-c', 'id -u; ls /sys/class/net'])).toMatch(
      /^\d+\n(?!.*(?:veth|podman))/s,
    )
    const changed = await box.ok([
      'exec',
      '--user',
      'root',
      'mine',
      'sh',
      '-c',
      'ip link set lo mtu 1400 && cat /sys/class/net/lo/mtu',
    ])
    expect(changed).toBe('1400')
    await box.ok(['restart', '-t', '0', 'mine'])
    expect(await box.ok(['exec', 'mine', 'echo', 'back'])).toBe('back')
  },
)

testSlirp('slirp4netns has its own subnet and publishes ports', async () => {
  const flags = ['--network', 'slirp4netns:cidr=10.5.0.0/24', '-p', '8080:80']
  await box.ok(['run', '-d', '--name', 'web', ...flags, busybox, 'sh', '-c', serve])
  expect(await served('http://127.0.0.1:8080/')).toBe('hello')
  expect(await box.ok(['exec', 'web', 'cat', '/etc/hosts'])).toMatch(/10\.5\.0\.100\t[0-9a-f]{12} web/)
  expect(await box.ok(['exec', 'web', 'cat', '/etc/resolv.conf'])).toContain('nameserver 10.5.0.3')
})

const uplinks = ['pasta', 'slirp4netns'] as const

/** What a container's web server tells of its client. */
const tellClient =
  'mkdir -p /www/cgi-bin && printf "#!/bin/sh\\necho; echo \\$REMOTE_ADDR\\n" > /www/cgi-bin/who && chmod 755 /www/cgi-bin/who'
const serveClient = `${tellClient} && exec httpd -f -p 0.0.0.0:80 -h /www`

for (const uplink of uplinks) {
  testBridge(
    `bridges of the user’s own over ${uplink}: names, ports, and nothing left when the last container goes`,
    async () => {
      await box.ok(['network', 'create', 'own'])
      await box.ok(
        ['run', '-d', '--name', 'web', '--network', 'own', '-p', '8080:80', busybox, 'sh', '-c', serve],
        over(uplink),
      )
      expect(await served('http://127.0.0.1:8080/')).toBe('hello')
      expect(await box.ok(['run', '--rm', '--network', 'own', busybox, 'wget', '-qO-', 'http://web/'])).toBe('hello')
      expect(network.host('ip', '-brief', 'link')).not.toContain('podman')
      await box.ok(['rm', '-f', '-t', '0', 'web'])
      expect(fetch('http://127.0.0.1:8080/')).toBe('')
      await box.ok(['network', 'rm', 'own'])
    },
  )

  testBridge(`${uplink} publishes on one address what another one does not show`, async () => {
    const flags = ['--network', 'bridge', '-p', '127.0.0.1:8080:80']
    await box.ok(['run', '-d', '--name', 'web', ...flags, busybox, 'sh', '-c', serve], over(uplink))
    expect(await served('http://127.0.0.1:8080/')).toBe('hello')
    expect(fetch(`http://${network.hostAddress}:8080/`)).toBe('')
    const second = ['run', '--rm', '--network', 'bridge', '-p', `${network.hostAddress}:8080:80`, busybox, 'true']
    const { code, stderr } = await box.try(second)
    expect(stderr).toMatch(/8080.*address already in use/)
    expect(code).toBe(126)
    expect(fetch('http://127.0.0.1:8080/')).toBe('hello')
  })
}

testBridge('over pasta each container has ports of its own, and sees who the client is', async () => {
  await box.ok(['network', 'create', 'own'])
  const flags = ['-d', '--network', 'own']
  const first = [...flags, '--name', 'first', '-p', '8080:80']
  await box.ok(['run', ...first, busybox, 'sh', '-c', serveClient], over('pasta'))
  await box.ok(['run', ...flags, '--name', 'second', '-p', '8090:80', busybox, 'sh', '-c', serve])
  const who = (host: string) => `http://${host}:8080/cgi-bin/who`
  expect(await served(who('127.0.0.1'))).toMatch(/^10\./)
  expect(await served('http://127.0.0.1:8090/')).toBe('hello')
  expect(fetch(who(network.hostAddress))).toBe('169.254.1.3')
  expect(neighbour('curl', '-gs', '--max-time', '3', who(network.hostAddress))).toBe(network.neighbourAddress)
  await box.ok(['restart', '-t', '0', 'first'])
  expect(await served(who('127.0.0.1'))).toMatch(/^10\./)
  await box.ok(['rm', '-f', '-t', '0', 'first'])
  expect(fetch('http://127.0.0.1:8080/')).toBe('')
  expect(fetch('http://127.0.0.1:8090/')).toBe('hello')
})

testBridge('over pasta a port of udp answers the host and its neighbours', async () => {
  const flags = ['--name', 'web', '--network', 'bridge', '-p', '5353:53/udp']
  await box.ok(['run', '-d', ...flags, busybox, 'sleep', '1000'], over('pasta'))
  const { State } = await box.inspect('web')
  const inside = ['nsenter', `--net=/proc/${State['Pid']}/ns/net`]
  const server = spawn('nsenter', [...inside.slice(1), process.execPath, '-e', tellUdpClient])
  try {
    await new Promise((resolve) => server.stdout.once('data', resolve))
    const ask = (host: string) => [process.execPath, '-e', askUdp, host]
    expect(network.host(...ask('127.0.0.1'))).toMatch(/^10\./)
    expect(network.host(...ask(network.hostAddress))).toBe('169.254.1.3')
    expect(neighbour(...ask(network.hostAddress))).toBe(network.neighbourAddress)
  } finally {
    server.kill()
  }
})

const tellUdpClient = `
  const socket = require('node:dgram').createSocket('udp4')
  socket.on('message', (_, { address, port }) => socket.send(address, port, address))
  socket.bind(53, () => console.log('ready'))`

const askUdp = `
  const socket = require('node:dgram').createSocket('udp4')
  socket.on('message', (text) => { process.stdout.write(text); socket.close() })
  socket.send('who?', 5353, process.argv[1])
  setTimeout(() => process.exit(1), 3000).unref()`
