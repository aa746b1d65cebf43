// What is to outlive the login session: monitors and the programs that connect containers, as a user's systemd is asked for scopes.

import { afterEach, beforeEach, expect } from 'vitest'
import { type Box, openBox } from '../support/box.ts'
import { busyboxName as busybox, busyboxArchive } from '../support/busybox-image.ts'
import { type FakeSystemd, startFakeSystemd } from '../support/fake-systemd.ts'
import { openNetwork, type TestNetwork } from '../support/network.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const testHelpers = requires('root', 'runc', 'pasta', 'slirp4netns')
const testBridge = requires('root', 'runc', 'nft', 'pasta', 'aardvark-dns')

let network: TestNetwork
let box: Box
let systemd: FakeSystemd

beforeEach(async () => {
  network = openNetwork()
  box = openBox({ network, user: testUser('gantry-network') })
  systemd = await startFakeSystemd(box.folder)
  await box.ok(['load', '-q', '-i', busyboxArchive()])
})

afterEach(async () => {
  await box[Symbol.asyncDispose]()
  await systemd[Symbol.asyncDispose]()
  network[Symbol.dispose]()
})

async function runDetached(name: string, ...flags: string[]): Promise<void> {
  const settings = ['--cgroup-manager', 'systemd', '--runtime', systemd.runtime]
  await box.ok([...settings, 'run', '-d', '--name', name, ...flags, busybox, 'sleep', '1000'], { env: systemd.env })
}

async function scopesOf(name: string): Promise<string[]> {
  const { Id } = await box.inspect(name)
  return systemd.scopes.map((scope) => scope.replace(Id.slice(0, 12), 'ID'))
}

testHelpers('pasta and slirp4netns of one container share the scope of its monitor', async () => {
  await runDetached('first', '--network', 'pasta')
  expect(await scopesOf('first')).toEqual(['gantry-monitor-ID: monitor pasta'])
  systemd.scopes.length = 0
  await runDetached('second', '--network', 'slirp4netns')
  expect(await scopesOf('second')).toEqual(['gantry-monitor-ID: monitor slirp4netns'])
  systemd.scopes.length = 0
  await box.ok(['exec', '-d', 'first', 'sleep', '1000'], { env: systemd.env })
  expect(await scopesOf('first')).toEqual(['gantry-monitor-ID: monitor'])
})

testBridge('what connects several containers has scopes of its own, asked for once', async () => {
  await box.ok(['network', 'create', 'own'])
  await runDetached('first', '--network', 'own')
  expect(await scopesOf('first')).toEqual([
    'gantry-pasta: pasta',
    'gantry-aardvark-dns: aardvark-dns',
    'gantry-monitor-ID: monitor',
  ])
  systemd.scopes.length = 0
  await runDetached('second', '--network', 'own', '-p', '8080:80')
  expect(await scopesOf('second')).toEqual(['gantry-monitor-ID: monitor pasta'])
})
