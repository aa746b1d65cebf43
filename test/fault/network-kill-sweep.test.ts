// SIGKILL to the client at even points of what changes a container's network: the next ordinary command works, and afterwards no lease, no
// interface, no firewall element, no pinned namespace and no name is left.

import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { pointsAsRoot as points, surely, sweepPoints } from '../support/kill-sweep.ts'
import { openNetwork } from '../support/network.ts'
import { networkLeftovers } from '../support/network-leftovers.ts'
import { requires } from '../support/requires.ts'

const test = requires('root', 'runc', 'overlay', 'nft', 'aardvark-dns')

const run = ['run', '-d', '--name', 'victim', '--network', 'own', '-p', '8080:80', busyboxName, 'sleep', '1000']
const remove = ['rm', '--force', '--time', '0', '--ignore', 'victim']

test.each([
  { verb: 'run -d -p', before: undefined, args: run },
  { verb: 'rm', before: run, args: remove },
  { verb: 'network connect', before: run, args: ['network', 'connect', 'other', 'victim'] },
  { verb: 'network disconnect', before: run, args: ['network', 'disconnect', 'own', 'victim'] },
])('killed during $verb nothing is left', { timeout: 900_000 }, async ({ verb, before, args }) => {
  using network = openNetwork()
  await using box = openBox({ network })
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  for (const name of ['own', 'other']) await box.ok(['network', 'create', name])
  const prepare = before === undefined ? {} : { prepare: async () => surely(box, before) }
  const left = () => networkLeftovers(box, network)
  await sweepPoints(box, { verb, ...prepare, args, next: remove, left }, { victim: 'client', points })
})
