// SIGKILL to the client at even points of what changes a container's network: the next ordinary command works, and afterwards no lease, no
// interface, no firewall element, no pinned namespace and no name is left.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Box, finish, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { openNetwork } from '../support/network.ts'
import { networkLeftovers } from '../support/network-leftovers.ts'
import { requires } from '../support/requires.ts'

const points = Number(process.env['GANTRY_KILL_POINTS'] ?? 20)
const test = requires('root', 'runc', 'overlay', 'nft', 'aardvark-dns')

const run = ['run', '-d', '--name', 'victim', '--network', 'own', '-p', '8080:80', busyboxName, 'sleep', '1000']
const remove = ['rm', '--force', '--time', '0', '--ignore', 'victim']

test.each([
  { verb: 'run -d -p', prepare: undefined, args: run },
  { verb: 'rm', prepare: run, args: remove },
  { verb: 'network connect', prepare: run, args: ['network', 'connect', 'other', 'victim'] },
  { verb: 'network disconnect', prepare: run, args: ['network', 'disconnect', 'own', 'victim'] },
])('killed during $verb nothing is left', { timeout: 900_000 }, async ({ prepare, args }) => {
  using network = openNetwork()
  await using box = openBox({ network })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  for (const name of ['own', 'other']) await box.ok(['network', 'create', name])
  if (prepare !== undefined) await quietly(box, prepare)
  const startedAt = Date.now()
  await quietly(box, args)
  const durationMs = Date.now() - startedAt
  await quietly(box, remove)
  for (let point = 1; point <= points; point += 1) {
    if (prepare !== undefined) await quietly(box, prepare)
    const child = box.start(args)
    const ended = finish(child)
    await sleep((durationMs * point) / points)
    child.kill('SIGKILL')
    await ended
    await box.ok(remove)
    expect(networkLeftovers(box, network), `after point ${point}`).toEqual([])
  }
})

async function quietly(box: Box, args: readonly string[]): Promise<void> {
  const { code, stderr } = await finish(box.start(args))
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
}
