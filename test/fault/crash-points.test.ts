// strace kills the client exactly at the n-th rename, link, symlink or unlink of a command: every publish step of every state change.
// Afterwards the same command (or its undoing) succeeds and `system check` is clean.

import { spawnSync } from 'node:child_process'
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
      ['untag', 'localhost/other:1'],
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
    let points = 0
    for (let when = 1; when <= 200; when += 1) {
      await box.try(['rm', '--force', '--all'])
      for (const step of before) await box.try(step)
      const wasKilled = killAt(box, args, when)
      for (const step of after) await box.ok(step)
      expect(leftovers(box.folder), `${verb} at call ${when}`).toEqual([])
      if (!wasKilled) break
      points = when
    }
    expect(points).toBeGreaterThan(2)
    expect(points).toBeLessThan(200)
  })
}

/** UV_THREADPOOL_SIZE=1: strace counts calls per thread. */
function killAt(box: Box, args: readonly string[], when: number): boolean {
  const log = join(box.folder, 'strace.log')
  const result = spawnSync(
    'strace',
    [
      '-qq',
      '-f',
      '-o',
      log,
      '-e',
      `trace=${calls}`,
      '-e',
      `inject=${calls}:signal=KILL:when=${when}`,
      ...box.argv,
      ...args,
    ],
    { env: { ...box.env, UV_THREADPOOL_SIZE: '1' }, encoding: 'utf8', timeout: 120_000 },
  )
  return result.signal === 'SIGKILL' || result.status === 137
}
