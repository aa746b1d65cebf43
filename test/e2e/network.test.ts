// Containers in networks, as root: addresses, published ports, names, the firewall; on a host of the test's own.

import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import { type Box, finish, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { eventually } from '../support/eventually.ts'
import { openNetwork, type TestNetwork } from '../support/network.ts'
import { networkLeftovers } from '../support/network-leftovers.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'nft')
const testNames = requires('root', 'runc', 'nft', 'aardvark-dns')
const serve = 'mkdir -p /www && echo hello > /www/index.html && exec httpd -f -vv -p 80 -h /www'

let network: TestNetwork
let box: Box

beforeEach(async () => {
  network = openNetwork()
  box = openBox({ network })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
})

afterEach(async () => {
  await box.ok(['rm', '--all', '--force', '--time', '0'])
  const left = networkLeftovers(box, network)
  await box.ok(['system', 'reset', '--force'])
  const links = network.host('ip', '-brief', 'link')
  await box[Symbol.asyncDispose]()
  network[Symbol.dispose]()
  expect(left).toEqual([])
  expect(links).not.toMatch(/podman|veth/)
})

async function serveAs(name: string, ...flags: string[]): Promise<void> {
  await box.ok(['run', '-d', '--name', name, ...flags, busybox, 'sh', '-c', serve])
  await eventually(async () => (await box.ok(['exec', name, 'wget', '-qO-', 'http://127.0.0.1/'])) === 'hello')
}

/** A folder with these programs and no others. */
function pathOf(...programs: readonly string[]): string {
  const folder = join(box.folder, 'programs')
  mkdirSync(folder)
  for (const name of programs) {
    symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(folder, name))
  }
  return folder
}

function fetch(url: string): string {
  return network.host('curl', '-gs', '--max-time', '3', url).trim()
}

async function fetchFrom(where: readonly string[], url: string): Promise<string> {
  const [file = '', ...words] = where
  return (await finish(spawn(file, [...words, 'curl', '-gs', '--max-time', '3', url]))).stdout.trim()
}

describe('the default network', () => {
  test('gives an address, a way out, and names in /etc/hosts', async () => {
    const script = 'ip -4 -o address show eth0; ip route; cat /etc/hosts; ping -c1 -W3 192.0.2.1'
    const out = await box.ok(['run', '--rm', '--name', 'web', '--cap-add', 'NET_RAW', busybox, 'sh', '-c', script])
    expect(out).toContain('inet 10.88.0.2/16')
    expect(out).toContain('default via 10.88.0.1')
    expect(out).toMatch(/10\.88\.0\.2\t[0-9a-f]{12} web/)
    expect(out).toContain('10.88.0.1\thost.containers.internal host.docker.internal')
    expect(out).toContain('1 packets received')
  })

  test('a published port answers on loopback, the host, from outside and from inside; the client stays who it is', async () => {
    await serveAs('web', '-p', '8080:80')
    expect(fetch('http://127.0.0.1:8080/')).toBe('hello')
    expect(fetch(`http://${network.hostAddress}:8080/`)).toBe('hello')
    expect(await fetchFrom(network.neighbour, `http://${network.hostAddress}:8080/`)).toBe('hello')
    expect(await box.ok(['exec', 'web', 'wget', '-qO-', `http://${network.hostAddress}:8080/`])).toBe('hello')
    expect((await box.try(['logs', 'web'])).stderr).toContain(`[::ffff:${network.neighbourAddress}]`)
    expect(await box.ok(['port', 'web'])).toBe('80/tcp -> 0.0.0.0:8080')
    expect(await box.ok(['ps', '--format', '{{.Ports}}'])).toBe('0.0.0.0:8080->80/tcp')
  })

  test('a published port is nobody else’s, and free as soon as the container has ended', async () => {
    await serveAs('web', '-p', '8080:80', '-p', '127.0.0.1:9000-9001:9000-9001/udp')
    const second = await box.try(['run', '--rm', '-p', '8080:80', busybox, 'true'])
    expect(second).toMatchObject({ code: 126 })
    expect(second.stderr).toMatch(/8080.*address already in use/)
    expect(network.host('sh', '-c', 'busybox nc -l -p 8080 2>&1 || true')).toContain('in use')
    await box.ok(['rm', '-f', '-t', '0', 'web'])
    await serveAs('next', '-p', '8080:80')
    expect(fetch('http://127.0.0.1:8080/')).toBe('hello')
  })

  test('ports without a number, and all that are exposed, get random ones that stay', async () => {
    await box.ok(['create', '--name', 'web', '-p', '80', '--expose', '443', '-P', busybox, 'sh', '-c', serve])
    const before = await box.ok(['port', 'web'])
    expect(before).toMatch(/^80\/tcp -> 0\.0\.0\.0:\d+\n443\/tcp -> 0\.0\.0\.0:\d+$/)
    await box.ok(['start', 'web'])
    expect(await box.ok(['port', 'web'])).toBe(before)
  })

  test('rules that a firewall reload took away come back with the next start, for all', async () => {
    await serveAs('web', '-p', '8080:80')
    network.host('nft', 'flush', 'ruleset')
    network.host('nft', 'add', 'table', 'inet', 'other')
    expect(fetch('http://127.0.0.1:8080/')).toBe('')
    await box.ok(['run', '--rm', busybox, 'true'])
    expect(fetch('http://127.0.0.1:8080/')).toBe('hello')
    network.host('nft', 'delete', 'table', 'inet', 'gantry')
    await box.ok(['network', 'reload', 'web'])
    expect(fetch('http://127.0.0.1:8080/')).toBe('hello')
    expect(network.host('nft', 'list', 'tables')).toContain('table inet other')
  })

  test('nft is found beside a PATH without sbin', async () => {
    const answer = await box.try(['run', '--rm', '-p', '8080:80', busybox, 'echo', 'ran'], {
      env: { PATH: pathOf('sh', 'ip', 'nsenter') },
    })
    expect(answer).toMatchObject({ code: 0, stdout: 'ran\n' })
  })

  test('without nft a start is refused with the way out, and leaves nothing', async () => {
    const hide = 'mount --bind /dev/null /usr/sbin/nft; exec "$@"'
    const enter = [...network.enter, 'unshare', '--mount', 'sh', '-c', hide, 'sh']
    await using other = openBox({ network: { ...network, enter } })
    await other.ok(['load', '-q', '-i', busyboxArchive()])
    const { code, stderr } = await other.try(['run', '--rm', '-p', '8080:80', busybox, 'true'])
    expect(code).toBeGreaterThan(124)
    expect(stderr).toContain('could not find nft')
    expect(stderr).toContain('apt install nftables')
    expect(await other.ok(['ps', '-aq'])).toBe('')
    await other.ok(['system', 'reset', '--force'])
  })

  test('a bridge that was left half-made is made whole by the next start', async () => {
    network.host('ip', 'link', 'add', 'podman0', 'type', 'bridge')
    const ping = ['ping', '-c1', '-W3', network.neighbourAddress]
    expect(await box.ok(['run', '--rm', '--cap-add', 'NET_RAW', busybox, ...ping])).toContain('1 packets received')
  })

  test('what kill -9 leaves of a container is taken away by the next command', async () => {
    await serveAs('web', '-p', '8080:80')
    const { State } = await box.inspect('web')
    process.kill(Number(State['ConmonPid']), 'SIGKILL')
    await eventually(async () => (await box.ok(['ps', '-q'], { isChecked: false })) === '')
    await box.ok(['run', '--rm', '-p', '8080:80', busybox, 'true'], { isChecked: false })
    expect(networkLeftovers(box, network)).toEqual([])
  })
})

describe('networks of one’s own', () => {
  testNames(
    'names are known before start returns, in several networks, and as long as their container runs',
    async () => {
      await box.ok(['network', 'create', 'front'])
      await box.ok(['network', 'create', 'back'])
      await serveAs('web', '--network', 'front:alias=www', '--network', 'back')
      const ask = async (net: string, name: string) =>
        box.try(['run', '--rm', '--network', net, busybox, 'wget', '-qO-', `http://${name}/`])
      for (const [net, name] of [
        ['front', 'web'],
        ['front', 'www'],
        ['back', 'web'],
      ] as const) {
        expect((await ask(net, name)).stdout).toBe('hello\n')
      }
      expect((await ask('back', 'www')).code).not.toBe(0)
      await box.ok(['run', '-d', '--name', 'client', '--network', 'front', busybox, 'sleep', '100'])
      await box.ok(['stop', '-t', '0', 'web'])
      expect((await box.try(['exec', 'client', 'nslookup', 'web.dns.podman'])).stdout).toContain('NXDOMAIN')
    },
  )

  testNames('a container that publishes port 53 takes nobody’s names away where dns_bind_port is another', async () => {
    const start = async (port: number) => {
      const conf = join(box.folder, 'dns.conf')
      writeFileSync(conf, `[network]\ndns_bind_port = ${port}\n`)
      const options = { env: { CONTAINERS_CONF: conf } }
      await box.ok(['network', 'create', `on-${port}`], options)
      const flags = ['-d', '--name', 'named', '--network', `on-${port}`, '-p', '53:9/udp']
      const { stderr } = await box.try(['run', ...flags, busybox, 'sleep', '1000'], options)
      const words = ['run', '--rm', '--network', `on-${port}`, busybox, 'nslookup', 'named.dns.podman']
      const { stdout } = await box.try(words, options)
      await box.ok(['rm', '-f', '-t', '0', 'named'], options)
      return { stderr, stdout }
    }
    const taken = await start(53)
    expect(taken.stderr).toMatch(/cannot listen at 10\.89\.\d+\.1, port 53, .* 'on-53' .*dns_bind_port/)
    const other = await start(1053)
    expect(other.stderr).toBe('')
    expect(other.stdout).toContain('Name:\tnamed.dns.podman')
  })

  test('connect and disconnect change a running container, its hosts file and its ports', async () => {
    await box.ok(['network', 'create', '--disable-dns', '--subnet', '10.77.1.0/24', 'one'])
    await box.ok(['network', 'create', '--disable-dns', '--subnet', '10.77.2.0/24', 'two'])
    await serveAs('web', '--network', 'one:ip=10.77.1.9', '-p', '8080:80')
    await box.ok(['network', 'connect', '--ip', '10.77.2.9', 'two', 'web'])
    expect(await box.ok(['exec', 'web', 'cat', '/etc/hosts'])).toMatch(/10\.77\.1\.9\t[\s\S]*10\.77\.2\.9\t/)
    await box.ok(['network', 'disconnect', 'one', 'web'])
    expect(await box.ok(['exec', 'web', 'ip', 'route'])).toContain('default via 10.77.2.1 ')
    expect(await box.ok(['exec', 'web', 'ip', '-4', '-o', 'address'])).not.toContain('10.77.1.9')
    expect(await box.ok(['exec', 'web', 'cat', '/etc/hosts'])).not.toContain('10.77.1.9')
    expect(fetch('http://127.0.0.1:8080/')).toBe('hello')
    await box.ok(['network', 'disconnect', 'two', 'web'])
    expect(fetch('http://127.0.0.1:8080/')).toBe('')
    await box.ok(['network', 'connect', 'one', 'web'])
    expect(fetch('http://127.0.0.1:8080/')).toBe('hello')
  })

  test('a published port does not lead to a bridge that is somebody else’s', async () => {
    network.host('ip', 'link', 'add', 'theirs0', 'type', 'bridge')
    const theirs = ['-o', 'mode=unmanaged', '--interface-name', 'theirs0', '--subnet', '10.77.3.0/24']
    await box.ok(['network', 'create', ...theirs, 'x'])
    network.host('ip', 'address', 'add', '10.77.3.1/24', 'dev', 'theirs0')
    network.host('ip', 'link', 'set', 'theirs0', 'up')
    await serveAs('web', '--network', 'x:ip=10.77.3.9', '-p', '8080:80')
    expect(fetch('http://10.77.3.9/')).toBe('hello')
    expect(fetch('http://127.0.0.1:8080/')).toBe('')
    expect(network.host('nft', 'list', 'ruleset')).not.toContain('8080')
    await box.ok(['network', 'connect', 'podman', 'web'])
    await box.ok(['network', 'reload', 'web'])
    expect(fetch('http://127.0.0.1:8080/')).toBe('hello')
  })

  test('subnets of idle bridges are the host’s too; somebody else’s bridge is in its own', async () => {
    network.host('ip', 'link', 'add', 'idle0', 'type', 'bridge')
    network.host('ip', 'address', 'add', '10.89.0.1/24', 'dev', 'idle0')
    network.host('ip', 'link', 'set', 'idle0', 'up')
    await box.ok(['network', 'create', 'own'])
    expect(await box.ok(['network', 'inspect', 'own', '-f', '{{range .Subnets}}{{.Subnet}}{{end}}'])).toBe(
      '10.89.1.0/24',
    )
    const same = ['--subnet', '10.89.0.0/24']
    const { code, stderr } = await box.try(['network', 'create', ...same, 'twice'])
    expect(code).toBe(125)
    expect(stderr).toContain('subnet 10.89.0.0/24 is already used on the host or by another config')
    await box.ok(['network', 'create', ...same, '-o', 'mode=unmanaged', '--interface-name', 'idle0', 'theirs'])
  })

  test('of two stores with one subnet the second is refused, and the first is reached', async () => {
    await using other = openBox({ network })
    await other.ok(['load', '-q', '-i', busyboxArchive()])
    const create = ['network', 'create', '--subnet', '10.77.4.0/24']
    await box.ok([...create, 'ours'])
    await other.ok([...create, '--interface-name', 'podman7', 'theirs'])
    await serveAs('web', '--network', 'ours:ip=10.77.4.9')
    const start = ['run', '--rm', '--network', 'theirs', busybox, 'true']
    const first = await other.try(start)
    expect(first.code).toBeGreaterThan(124)
    expect(first.stderr).toMatch(
      /the gateway 10\.77\.4\.1 of network theirs is the address of the interface podman\d already/,
    )
    expect(network.host('ip', '-brief', 'link')).not.toContain('podman7')
    // As it is when the first store's folder and bridge went, and its rules stayed.
    network.host('sh', '-c', 'ip link set podman1 down; ip address flush dev podman1')
    const second = await other.try(start)
    expect(second.stderr).toContain("of network theirs is another network's in the firewall")
    network.host('nft', 'delete', 'table', 'inet', 'gantry')
    await other.ok(start)
    await other.ok(['system', 'reset', '--force'])
  })

  test('an internal network has no way out, isolated ones do not meet', async () => {
    await box.ok(['network', 'create', '--internal', 'inside'])
    const ping = (net: string, address: string) =>
      box.try(['run', '--rm', '--network', net, '--cap-add', 'NET_RAW', busybox, 'ping', '-c1', '-W1', address])
    expect((await ping('inside', network.neighbourAddress)).code).not.toBe(0)
    await box.ok(['network', 'create', '-o', 'isolate=true', '--subnet', '10.77.1.0/24', 'a'])
    await box.ok(['network', 'create', '-o', 'isolate=true', '--subnet', '10.77.2.0/24', 'b'])
    await box.ok(['run', '-d', '--network', 'a:ip=10.77.1.9', busybox, 'sleep', '100'])
    expect((await ping('b', '10.77.1.9')).code).not.toBe(0)
    expect((await ping('podman', '10.77.1.9')).code).toBe(0)
    expect((await ping('b', network.neighbourAddress)).code).toBe(0)
  })

  test('IPv6 beside IPv4', async () => {
    await box.ok(['network', 'create', '--ipv6', '--subnet', 'fd00:77::/64', 'six'])
    await serveAs('web', '--network', 'six', '--ip6', 'fd00:77::9', '-p', '8080:80')
    const { NetworkSettings } = await box.inspect('web')
    expect(NetworkSettings).toMatchObject({
      Networks: { six: { GlobalIPv6Address: 'fd00:77::9', IPv6Gateway: 'fd00:77::1' } },
    })
    expect(fetch('http://[fd00:77::9]/')).toBe('hello')
  })

  test('commands answer with podman’s words and exit codes', async () => {
    expect(await box.ok(['network', 'create', 'web'])).toBe('web')
    await box.ok(['create', '--name', 'c', '--network', 'web', busybox, 'true'])
    for (const [words, code, message] of [
      [['create', 'web'], 125, 'network name web already used: network already exists'],
      [['create', 'host'], 125, 'conflicts with a valid network mode'],
      [['create', '--subnet', '10.88.3.0/24', 'x'], 125, 'subnet 10.88.3.0/24 is already used'],
      [['create', '-d', 'nope', 'x'], 125, 'failed to find driver or plugin "nope"'],
      [['rm', 'nope'], 1, 'unable to find network with name or ID nope: network not found'],
      [['rm', 'web'], 2, 'has associated containers with it'],
      [['rm', 'podman'], 125, 'default network podman cannot be removed'],
      [['exists', 'nope'], 1, ''],
      [['exists', 'web'], 0, ''],
      [['inspect', 'nope'], 125, 'network nope: unable to find network'],
      [['disconnect', 'podman', 'c'], 125, 'is not connected to network podman'],
      [['prune', '-f'], 0, ''],
      [['ls', '-q'], 0, ''],
    ] as const) {
      const result = await box.try(['network', ...words])
      expect({ words, code: result.code }).toEqual({ words, code })
      expect(result.stderr).toContain(message)
    }
    expect(await box.ok(['network', 'ls', '-q'])).toBe('podman\nweb')
    expect(await box.ok(['network', 'rm', '-f', 'web'])).toBe('web')
    expect(await box.ok(['ps', '-aq'])).toBe('')
  })
})

test('--userns auto owns its network: exec joins both, and /sys shows no other', async () => {
  await serveAs('apart', '--userns', 'auto', '-p', '8080:80', '--sysctl', 'net.ipv4.ip_default_ttl=77')
  expect(await box.ok(['exec', 'apart', 'ls', '/sys/class/net'])).toMatch(/eth0/)
  expect(await box.ok(['exec', 'apart', 'ls', '/sys/class/net'])).not.toMatch(/podman|veth/)
  expect(await box.ok(['exec', 'apart', 'cat', '/proc/sys/net/ipv4/ip_default_ttl'])).toBe('77')
  expect(network.host('curl', '-s', '--max-time', '3', 'http://127.0.0.1:8080/')).toContain('hello')
  await box.ok(['restart', '-t', '0', 'apart'])
  expect(await box.ok(['exec', 'apart', 'cat', '/proc/self/uid_map'])).not.toMatch(/^ *0 +0 /)
})
