// SIGKILL to the client at even points of what changes a pod: the next ordinary command works, `system check` is clean without repair, and
// no container, control group or name of the pod is left.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Box, finish, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
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
])('killed during $verb nothing is left', { timeout: 600_000 }, async ({ prepare, args }) => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  for (const step of prepare) await quietly(box, step)
  const startedAt = Date.now()
  await quietly(box, args)
  const durationMs = Date.now() - startedAt
  await quietly(box, remove)
  for (let point = 1; point <= points; point += 1) {
    for (const step of prepare) await quietly(box, step)
    const child = box.start(args)
    const ended = finish(child)
    await sleep((durationMs * point) / points)
    child.kill('SIGKILL')
    await ended
    // Looks for leftovers after it, too.
    await box.ok(remove)
    const left = ['containers', 'pods', join('names', 'pod')].flatMap((name) => list(box, name))
    expect(left, `after point ${point}`).toEqual([])
  }
})

function list({ root }: Box, name: string): string[] {
  return readdirSync(join(root, name))
}

async function quietly(box: Box, args: readonly string[]): Promise<void> {
  const { code, stderr } = await finish(box.start(args))
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
}
