// Checkpoints of containers in networks: addresses, published ports, open connections.

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { criuFolder } from '../support/criu.ts'
import { openNetwork, type TestNetwork } from '../support/network.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay', 'nft')
let network: TestNetwork
let box: Box

beforeAll(async () => {
  network = openNetwork()
  box = openBox({ network, programs: criuFolder() })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  await box.ok(['network', 'create', '--subnet', '10.90.0.0/24', 'net'])
})
afterAll(async () => {
  await box[Symbol.asyncDispose]()
  network[Symbol.dispose]()
})

const place = async (name: string) =>
  (
    await box.ok([
      'inspect',
      name,
      '--format',
      '{{with index .NetworkSettings.Networks "net"}}{{.IPAddress}} {{.MacAddress}}{{end}}',
    ])
  ).split(' ')
const checkpoint = async (...words: string[]) => box.ok(['container', 'checkpoint', ...words])
const restore = async (...words: string[]) => box.ok(['container', 'restore', ...words])
const remove = async (...names: string[]) => box.ok(['rm', '-f', '-t', '0', ...names])

test('a restored container has its addresses, and is asked by its port, until it is started anew', async () => {
  const serve = 'echo served > /page; exec busybox httpd -f -p 80 -h /'
  await box.ok(['run', '-d', '--name', 'web', '--network', 'net', '-p', '8080:80', busybox, 'sh', '-c', serve])
  const page = (port = 8080) => network.host('curl', '-s', '--max-time', '2', `http://192.0.2.50:${port}/page`).trim()
  await vi.waitFor(() => expect(page()).toBe('served'))
  const before = await place('web')
  await checkpoint('web')
  expect(page()).toBe('')
  await box.ok(['run', '--rm', '--network', 'net', busybox, 'true'])
  await restore('web')
  expect(await place('web')).toEqual(before)
  expect(page()).toBe('served')
  const names = await box.ok(['exec', 'web', 'cat', '/etc/hosts', '/etc/resolv.conf'])
  expect(names).toContain(before[0])

  await checkpoint('web')
  await restore('--ignore-static-ip', '--ignore-static-mac', 'web')
  const anew = await place('web')
  expect(anew[0]).not.toBe(before[0])
  expect(anew[1]).not.toBe(before[1])

  const archive = join(box.folder, 'web.tar')
  await checkpoint('--export', archive, 'web')
  await remove('web')
  await restore('--import', archive)
  expect(await place('web')).toEqual(anew)
  await restore('--import', archive, '--name', 'web2', '--publish', '8081:80')
  expect((await place('web2'))[0]).not.toBe(anew[0])
  expect([page(8080), page(8081)]).toEqual(['served', 'served'])
  expect(await box.ok(['port', 'web2'])).toBe('80/tcp -> 0.0.0.0:8081')
  await remove('web', 'web2')
})

test('static addresses are forgotten for good where they are to be ignored', async () => {
  const mac = '92:d0:c6:0a:29:38'
  await box.ok(['run', '-d', '--name', 'fixed', '--network', `net:ip=10.90.0.77,mac=${mac}`, busybox, 'sleep', '1000'])
  await checkpoint('fixed')
  await restore('fixed')
  expect(await place('fixed')).toEqual(['10.90.0.77', mac])
  await checkpoint('fixed')
  await restore('--ignore-static-ip', '--ignore-static-mac', 'fixed')
  const [address, hardware] = await place('fixed')
  expect([address, hardware]).not.toContain('10.90.0.77')
  expect([address, hardware]).not.toContain(mac)
  await box.ok(['restart', '-t', '0', 'fixed'])
  expect((await place('fixed'))[0]).not.toBe('10.90.0.77')
  await remove('fixed')
})

/** Says a word, and another once the file `go` is there; prints what comes back. */
const clientProgram = `
import os, socket, sys, time
address, go = sys.argv[1:]
for _ in range(100):
    try:
        peer = socket.create_connection((address, 7000), 2)
        break
    except OSError:
        time.sleep(0.1)
peer.settimeout(30)
for word in (b"first", b"second"):
    peer.sendall(word)
    print(peer.recv(100).decode(), flush=True)
    while not os.path.exists(go):
        time.sleep(0.1)
`

function startClient(address: string, go: string): { said(): string } & Disposable {
  const [file = '', ...rest] = [...network.enter, 'python3', '-c', clientProgram, address, go]
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return { said: () => text, [Symbol.dispose]: () => child.kill() }
}

test('a connection survives with --tcp-established, and without is refused', async () => {
  const script = 'exec busybox nc -l -p 7000 -e /bin/busybox cat'
  await box.ok(['run', '-d', '--name', 'talks', '--network', 'net', busybox, 'sh', '-c', script])
  const [address = ''] = await place('talks')
  const go = join(box.folder, 'go')
  using talk = startClient(address, go)
  await vi.waitFor(() => expect(talk.said()).toContain('first'))
  const { code, stderr } = await box.try(['container', 'checkpoint', 'talks'])
  expect([code, stderr]).toEqual([125, expect.stringContaining('--tcp-established') as string])
  await checkpoint('--tcp-established', 'talks')
  await restore('--tcp-established', 'talks')
  writeFileSync(go, '')
  await vi.waitFor(() => expect(talk.said()).toContain('second'), { timeout: 20_000 })
  await remove('talks')
})
