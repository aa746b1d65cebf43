// SIGKILL to the client at even points of what changes a pod: the next ordinary command works, `system check` is clean without repair, and
// no container, control group or name of the pod is left.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { surely, sweepPoints } from '../support/kill-sweep.ts'
import { requires } from '../support/requires.ts'

const points = Number(process.env['GANTRY_KILL_POINTS'] ?? 8)
const test = requires('root', 'runc', 'overlay')

const create = ['pod', 'create', '--name', 'victim', '--network', 'none', '--memory', '64m']
const member = ['create', '--pod', 'victim', busyboxName, 'sleep', '1000']
const run = ['run', '-d', '--network', 'none', '--pod', 'new:victim', busyboxName, 'sleep', '1000']
const remove = ['pod', 'rm', '--force', '--time', '0', '--ignore', 'victim']

test.each<{ verb: string; prepare: readonly (readonly string[])[]; args: readonly string[] }>([
  { verb: 'pod create', prepare: [], args: create },
  { verb: 'pod start', prepare: [create, member], args: ['pod', 'start', 'victim'] },
  { verb: 'pod stop', prepare: [run], args: ['pod', 'stop', '-t', '0', 'victim'] },
  { verb: 'pod rm', prepare: [run], args: remove },
  { verb: 'run --pod new:', prepare: [], args: run },
])('killed during $verb nothing is left', { timeout: 600_000 }, async ({ verb, prepare, args }) => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const steps = async () => {
    for (const step of prepare) await surely(box, step)
  }
  const left = () => ['containers', 'pods', join('names', 'pod')].flatMap((name) => readdirSync(join(box.root, name)))
  await sweepPoints(box, { verb, prepare: steps, args, next: remove, left }, { victim: 'client', points })
})
