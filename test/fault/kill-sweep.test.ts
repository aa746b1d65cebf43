// SIGKILL at 30 even points of a state change, to the client, the monitor or the runtime: whatever half of it was done, the next
// ordinary command works and afterwards nothing is left. (podman 5.4.2, 30 kills of `run -d`: 2 storage leftovers, 3 orphan monitors.)

import { execFileSync } from 'node:child_process'
import { describe, expect } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { startDockerRegistry } from '../support/docker-registry.ts'
import { pointsAsRoot, quietly, type Sweep, sweepPoints } from '../support/kill-sweep.ts'
import { startRegistry } from '../support/registry.ts'
import { requires } from '../support/requires.ts'
import { testUser } from '../support/user.ts'

const rootTest = requires('root', 'runc', 'overlay')

const run = ['run', '-d', '--name', 'victim', '--network', 'none', busyboxName, 'sleep', '1000']
const create = ['create', '--name', 'victim', '--network', 'none', busyboxName, 'sleep', '1000']

const used = ['run', '-d', '--name', 'victim', '--network', 'none', '-v', '/anonymous', '-v', 'named:/etc']
const runWithVolumes = [...used, busyboxName, 'sleep', '1000']

const sweeps: Sweep[] = [
  { verb: 'run -d', args: run, next: ['rm', '--force', '--time', '0', '--ignore', 'victim'] },
  { verb: 'create', args: create, next: ['rm', '--force', '--ignore', 'victim'] },
  {
    verb: 'start',
    prepare: (box) => quietly(box, create),
    args: ['start', 'victim'],
    next: ['rm', '-f', '-t', '0', 'victim'],
  },
  {
    verb: 'stop',
    prepare: (box) => quietly(box, run),
    args: ['stop', '-t', '0', 'victim'],
    next: ['rm', '-f', '-t', '0', 'victim'],
  },
  {
    verb: 'rm',
    prepare: (box) => quietly(box, run),
    args: ['rm', '-f', '-t', '0', 'victim'],
    next: ['rm', '-f', '-t', '0', '--ignore', 'victim'],
  },
  { verb: 'volume create', args: ['volume', 'create', 'victim'], next: ['volume', 'rm', '--force', 'victim'] },
  {
    verb: 'volume rm',
    prepare: async (box) => {
      await quietly(box, ['volume', 'rm', '--force', 'named'])
      await quietly(box, ['run', '--rm', '--network', 'none', '-v', 'named:/etc', busyboxName, 'true'])
    },
    args: ['volume', 'rm', 'named'],
    next: ['volume', 'rm', '--force', 'named'],
  },
  {
    verb: 'run -d with volumes',
    prepare: (box) => quietly(box, ['volume', 'rm', '--force', 'named']),
    args: runWithVolumes,
    next: ['rm', '--force', '--volumes', '--time', '0', '--ignore', 'victim'],
  },
  {
    verb: 'rm with volumes',
    prepare: (box) => quietly(box, runWithVolumes),
    args: ['rm', '-f', '-v', '-t', '0', 'victim'],
    next: ['rm', '-f', '-v', '-t', '0', '--ignore', 'victim'],
  },
  {
    verb: 'load',
    prepare: (box) => quietly(box, ['rmi', '-f', '-i', busyboxName]),
    args: ['load', '-q', '-i', busyboxArchive()],
    next: ['load', '-q', '-i', busyboxArchive()],
  },
]

const cases = (['root', 'an ordinary user'] as const).flatMap((who) =>
  (['client', 'monitor', 'runc'] as const).map((victim) => ({ who, victim })),
)

describe.each(cases)('as $who, $victim killed', ({ who, victim }) => {
  const points = who === 'root' ? pointsAsRoot : Math.ceil(pointsAsRoot / 2)
  for (const sweep of sweeps) {
    if (victim !== 'client' && !['run -d', 'start', 'stop'].includes(sweep.verb)) continue
    rootTest(`during ${sweep.verb} at ${points} points leaves nothing`, { timeout: 600_000 }, async () => {
      await using box = openBox(who === 'root' ? {} : { user: testUser() })
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      await sweepPoints(box, sweep, { victim, points })
    })
  }
})

requires(
  'root',
  'runc',
  'overlay',
  'docker-registry',
  'skopeo',
)(`as root, client killed during pull at ${pointsAsRoot} points leaves nothing`, { timeout: 600_000 }, async () => {
  await using registry = await startDockerRegistry()
  await using box = openBox()
  const image = `${registry.address}/busybox:latest`
  execFileSync('skopeo', [
    'copy',
    '-q',
    '--dest-tls-verify=false',
    `docker-archive:${busyboxArchive()}`,
    `docker://${image}`,
  ])
  const pull = ['pull', '-q', image]
  await sweepPoints(
    box,
    { verb: 'pull', prepare: () => quietly(box, ['rmi', '-f', '-i', image]), args: pull, next: pull },
    { victim: 'client', points: pointsAsRoot },
  )
})

rootTest(
  `as root, client killed during push at ${pointsAsRoot} points leaves nothing`,
  { timeout: 600_000 },
  async () => {
    await using registry = await startRegistry()
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const push = ['push', '-q', busyboxName, `${registry.address}/busybox:latest`]
    const forget = async () => registry.forget()
    await sweepPoints(
      box,
      { verb: 'push', prepare: forget, args: push, next: push },
      { victim: 'client', points: pointsAsRoot },
    )
    expect(registry.manifests.has('latest')).toBe(true)
  },
)

const pointsOfLists = Math.ceil(pointsAsRoot / 2)

rootTest(
  `as root, client killed during manifest create at ${pointsOfLists} points leaves a list or none`,
  { timeout: 600_000 },
  async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const create = ['manifest', 'create', '--amend', 'victim:1', busyboxName]
    await sweepPoints(
      box,
      { verb: 'manifest create', prepare: () => quietly(box, ['rmi', '-i', 'victim:1']), args: create, next: create },
      { victim: 'client', points: pointsOfLists },
    )
    expect(JSON.parse(await box.ok(['manifest', 'inspect', 'victim:1'])).manifests).toHaveLength(1)
  },
)
