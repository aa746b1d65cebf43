// As kill-sweep.test.ts, of containers that criu writes down and brings back.

import { existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { criuFolder } from '../support/criu.ts'
import { pointsAsRoot, quietly, type Sweep, sweepPoints } from '../support/kill-sweep.ts'
import { requires } from '../support/requires.ts'

const rootTest = requires('root', 'runc', 'overlay')
const run = ['run', '-d', '--name', 'victim', '--network', 'none', busyboxName, 'sleep', '1000']
const checkpoint = ['container', 'checkpoint', 'victim']
const archive = join(tmpdir(), `gantry-checkpoint-${process.pid}`)
const exported = ['container', 'checkpoint', '--export', archive, 'victim']

/** A round with criu takes seconds. */
const points = Math.ceil(pointsAsRoot / 6)
const sweeps: Sweep[] = [
  {
    verb: 'checkpoint',
    prepare: (box) => quietly(box, run),
    args: checkpoint,
    next: ['rm', '-f', '-t', '0', 'victim'],
  },
  { verb: 'export', prepare: (box) => quietly(box, run), args: exported, next: ['rm', '-f', '-t', '0', 'victim'] },
  {
    verb: 'restore',
    prepare: async (box) => {
      await quietly(box, run)
      await quietly(box, checkpoint)
    },
    args: ['container', 'restore', 'victim'],
    next: ['rm', '-f', '-t', '0', 'victim'],
  },
  {
    verb: 'import',
    prepare: async (box) => {
      if (existsSync(archive)) return
      await quietly(box, run)
      await quietly(box, exported)
      await quietly(box, ['rm', 'victim'])
    },
    args: ['container', 'restore', '--import', archive],
    next: ['rm', '-f', '-t', '0', '--ignore', 'victim'],
  },
]

describe.each(['client', 'monitor', 'runc'] as const)('%s killed', (victim) => {
  afterAll(() => rmSync(archive, { force: true }))
  for (const sweep of sweeps) {
    rootTest(`during ${sweep.verb} at ${points} points leaves nothing`, { timeout: 600_000 }, async () => {
      rmSync(archive, { force: true })
      await using box = openBox({ programs: criuFolder() })
      await box.ok(['load', '-q', '-i', busyboxArchive()])
      await sweepPoints(box, sweep, { victim, points })
    })
  }
})
