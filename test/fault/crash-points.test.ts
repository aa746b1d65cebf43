// strace kills whoever makes the n-th rename, link, unlink … of a command: every publish step of every state change, one after the other.
// Afterwards the next ordinary command succeeds, `system check` is clean and nothing is left.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Box, finish, lastingLeftovers, openBox } from '../support/box.ts'
import { requires } from '../support/requires.ts'

/** The embedded image: its one layer takes a handful of calls to unpack. */
const image = 'localhost/gantry/hello:latest'
const load = ['load', '-q', '-i', resolve(import.meta.dirname, '..', '..', 'libexec/gantry/hello.tar')]
const create = ['create', '--name', 'victim', '--network', 'none', image, 'sleep', '1000']
/** In the foreground: strace ends with the last process that it follows, monitor and runtime included. */
const run = ['run', '--name', 'victim', '--network', 'none', image, 'true']
/** With one that is copied up, and one that goes with the container. */
const runWithVolumes = [...run.slice(0, -2), '-v', 'kept:/bin', '-v', '/anonymous', ...run.slice(-2)]
const removeKept = ['volume', 'rm', '--force', 'kept']
const removeWithVolumes = ['rm', '--force', '--volumes', '--time', '0', '--ignore', 'victim']
/** Kept in a folder of its own: what a creation that was killed left there goes too. */
const createSecret = ['secret', 'create', '--replace', '--driver-opts', 'path=told', 'told', import.meta.filename]
const remove = ['rm', '--force', '--time', '0', '--ignore', 'victim', 'other']

/** strace counts each call by itself; on some machines libc knows only the second of a pair. */
const calls = [
  ['rename', 'renameat', 'renameat2'],
  ['link', 'linkat'],
  ['symlink', 'symlinkat'],
  ['unlink', 'unlinkat'],
  ['mkdir', 'mkdirat'],
  ['rmdir'],
]

interface Case {
  readonly verb: string
  readonly before: readonly string[][]
  readonly args: string[]
  /** All must succeed; `system check` must be clean after the first. */
  readonly after: readonly string[][]
  /** At least so many calls were hit. */
  readonly points: number
}

const cases: Case[] = [
  { verb: 'create', before: [], args: create, after: [remove, create, remove], points: 3 },
  { verb: 'run', before: [], args: run, after: [remove, create, remove], points: 8 },
  { verb: 'rm', before: [create], args: ['rm', 'victim'], after: [remove, create, remove], points: 6 },
  { verb: 'rename', before: [create], args: ['rename', 'victim', 'other'], after: [remove, create, remove], points: 3 },
  { verb: 'volume create', before: [], args: ['volume', 'create', 'kept'], after: [removeKept], points: 2 },
  {
    verb: 'volume rm',
    before: [['volume', 'create', '--ignore', 'kept']],
    args: ['volume', 'rm', 'kept'],
    after: [removeKept],
    points: 4,
  },
  {
    verb: 'run with volumes',
    before: [],
    args: runWithVolumes,
    after: [removeWithVolumes, runWithVolumes, removeWithVolumes, removeKept],
    points: 15,
  },
  {
    verb: 'rm with volumes',
    before: [runWithVolumes],
    args: removeWithVolumes,
    after: [removeWithVolumes, removeKept],
    points: 10,
  },
  {
    verb: 'secret create',
    before: [createSecret],
    args: createSecret,
    after: [remove, ['secret', 'inspect', 'told'], createSecret],
    points: 4,
  },
  {
    verb: 'tag',
    before: [],
    args: ['tag', image, 'localhost/other:1'],
    after: [
      ['tag', image, 'localhost/other:1'],
      ['untag', image, 'localhost/other:1'],
    ],
    points: 3,
  },
  { verb: 'load', before: [['rmi', '--force', '--ignore', image]], args: load, after: [load], points: 10 },
  { verb: 'rmi', before: [load], args: ['rmi', image], after: [load], points: 4 },
]

for (const one of cases) {
  requires(
    'root',
    'runc',
    'overlay',
    'strace',
  )(`${one.verb} killed at each of its publish steps`, { timeout: 600_000 }, async () => {
    await using box = openBox()
    await box.ok(load)
    let points = 0
    for (const names of calls) points += await killAtEach(box, one, names)
    expect(points).toBeGreaterThanOrEqual(one.points)
  })
}

/** Answers how many calls there were. */
async function killAtEach(box: Box, { verb, before, args, after }: Case, names: readonly string[]): Promise<number> {
  for (let when = 1; when <= 100; when += 1) {
    for (const step of before) await finish(box.start(step))
    const wasKilled = await killAt(box, args, { names, when })
    for (const [index, step] of after.entries()) {
      const { code, stderr } = index === 0 ? await box.try(step) : await finish(box.start(step))
      expect(code, `${step.join(' ')} after ${verb} at ${names[0]} ${when}: ${stderr}`).toBe(0)
    }
    expect(await lastingLeftovers(box.folder), `${verb} at ${names[0]} ${when}`).toEqual([])
    expect(volumesIn(box), `${verb} at ${names[0]} ${when}`).toEqual([])
    expect(filesIn(join(box.folder, 'told')).length, `${verb} at ${names[0]} ${when}`).toBeLessThanOrEqual(1)
    if (!wasKilled) return when - 1
  }
  throw new Error(`${verb} makes more than 100 calls of ${names[0]}`)
}

/**
 * Whether the call was made. UV_THREADPOOL_SIZE=1: strace counts by thread. It kills the monitor's exit command, too, and each time that the monitor
 * runs it again: when nobody has been killed for a while, it lets go of those who are left.
 */
async function killAt(
  box: Box,
  args: readonly string[],
  { names, when }: { names: readonly string[]; when: number },
): Promise<boolean> {
  const log = join(box.folder, 'strace.log')
  // The question mark: a call that this machine does not have.
  const set = names.map((name) => `?${name}`).join(',')
  const inject = `inject=${set}:signal=KILL:when=${when}`
  const words = ['-qq', '-f', '-I', '1', '-o', log, '-e', `trace=${set}`, '-e', inject, ...box.argv, ...args]
  const env = { ...box.env, UV_THREADPOOL_SIZE: '1' }
  const strace = spawn('strace', words, { env, cwd: box.folder, stdio: 'ignore' })
  const end = once(strace, 'close')
  while (strace.exitCode === null && strace.signalCode === null) {
    await Promise.race([end, sleep(100)])
    if (hasKilled(log) && Date.now() - statSync(log).mtimeMs > quietMs) strace.kill('SIGTERM')
  }
  return hasKilled(log)
}

const quietMs = 500

function hasKilled(log: string): boolean {
  return spawnSync('grep', ['-qs', 'killed by SIGKILL', log]).status === 0
}

/** Every case removes those that it made. */
function volumesIn(box: Box): string[] {
  return filesIn(join(box.root, 'volumes'))
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
