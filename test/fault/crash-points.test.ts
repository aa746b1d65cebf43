// strace kills the client exactly at the n-th rename, link, symlink or unlink of a command: every publish step of every state change.
// Afterwards the same command (or its undoing) succeeds and `system check` is clean.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Box, leftovers, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const create = ['create', '--name', 'victim', '--network', 'none', busyboxName, 'sleep', '1000']
const calls = 'rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir'

const cases = [
  { verb: 'create', before: [], args: create, after: [['rm', '--force', '--ignore', 'victim'], create] },
  { verb: 'rm', before: [create], args: ['rm', 'victim'], after: [['rm', '--force', '--ignore', 'victim'], create] },
  {
    verb: 'rename',
    before: [create],
    args: ['rename', 'victim', 'other'],
    after: [['rm', '--force', '--ignore', 'victim', 'other'], create],
  },
  {
    verb: 'tag',
    before: [],
    args: ['tag', busyboxName, 'localhost/other:1'],
    after: [
      ['tag', busyboxName, 'localhost/other:1'],
      ['untag', busyboxName, 'localhost/other:1'],
    ],
  },
  {
    verb: 'load',
    before: [['rmi', '--force', '--ignore', busyboxName]],
    args: ['load', '-q', '-i', busyboxArchive()],
    after: [['load', '-q', '-i', busyboxArchive()]],
  },
  {
    verb: 'rmi',
    before: [['load', '-q', '-i', busyboxArchive()]],
    args: ['rmi', busyboxName],
    after: [['load', '-q', '-i', busyboxArchive()]],
  },
]

for (const { verb, before, args, after } of cases) {
  requires(
    'root',
    'runc',
    'overlay',
    'strace',
  )(`${verb} killed at each of its publish steps`, { timeout: 600_000 }, async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    const prepare = async () => {
      await box.try(['rm', '--force', '--all'])
      for (const step of before) await box.try(step)
    }
    await prepare()
    const steps = stepsOf(box, args)
    expect(steps.length).toBeGreaterThan(2)
    for (const { call, when } of steps) {
      await prepare()
      killAt(box, args, { call, when })
      for (const step of after) await box.ok(step)
      expect(leftovers(box.folder), `${verb} at ${call} ${when}`).toEqual([])
    }
  })
}

interface Step {
  readonly call: string
  readonly when: number
}

/** What a run that is left alone does. strace counts each kind of call for itself, and in each thread. */
function stepsOf(box: Box, args: readonly string[]): Step[] {
  const log = traced(box, args, [])
  const counts = new Map<string, number>()
  const threads = new Map<string, number>()
  for (const [, thread, call = ''] of log.matchAll(/^(\d+) +([a-z0-9]+)\(/gm)) {
    const count = (threads.get(`${thread} ${call}`) ?? 0) + 1
    threads.set(`${thread} ${call}`, count)
    counts.set(call, Math.max(count, counts.get(call) ?? 0))
  }
  return [...counts].flatMap(([call, count]) => spread(count).map((when) => ({ call, when })))
}

/** All of a few, a dozen of many. */
function spread(count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1)
  return count <= 12 ? all : all.filter((when) => when === count || (when - 1) % Math.ceil(count / 11) === 0)
}

function killAt(box: Box, args: readonly string[], { call, when }: Step): void {
  traced(box, args, ['-e', `inject=${call}:signal=KILL:when=${when}`])
}

/** Returns strace's log. UV_THREADPOOL_SIZE=1: strace counts calls per thread. */
function traced(box: Box, args: readonly string[], options: readonly string[]): string {
  const log = join(box.folder, 'strace.log')
  const argv = ['-qq', '-f', '-o', log, '-e', `trace=${calls}`, ...options, ...box.argv, ...args]
  spawnSync('strace', argv, { env: { ...box.env, UV_THREADPOOL_SIZE: '1' }, encoding: 'utf8', timeout: 120_000 })
  return readFileSync(log, 'utf8')
}
