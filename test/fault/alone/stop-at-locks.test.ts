// strace stops a client right after its n-th lock was taken, one lock after the other: it may keep others from its own object, from no
// other one, and from no reading command.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { absentAsUndefined } from '../../../src/base/errors.ts'
import { type Box, finish, openBox } from '../../support/box.ts'
import { busyboxArchive, busyboxName } from '../../support/busybox-image.ts'
import { requires } from '../../support/requires.ts'

const run = (name: string) => ['run', '-d', '--name', name, '--network', 'none', busyboxName, 'sleep', '1000']
const removal = (name: string) => ['rm', '--force', '--ignore', '--volumes', '--time', '0', name]

/** Each reads, or acts on what the stopped client has nothing to do with. */
const others = [
  ['ps', '--all'],
  ['inspect', 'first'],
  ['exec', 'first', 'true'],
  run('other'),
  removal('other'),
  ['tag', busyboxName, 'localhost/other:1'],
  ['rmi', 'localhost/other:1'],
  ['volume', 'create', 'other'],
  ['volume', 'rm', 'other'],
]

interface Case {
  readonly before: readonly string[][]
  readonly args: readonly string[]
  /** At least so many locks were taken. */
  readonly points: number
}

const cases: Record<string, Case> = {
  'run with a volume': { before: [], args: ['run', '-v', '/data', ...run('stopped').slice(1)], points: 4 },
  stop: { before: [run('stopped')], args: ['stop', '-t', '0', 'stopped'], points: 1 },
  rm: { before: [run('stopped')], args: removal('stopped'), points: 2 },
}

for (const [verb, { before, args, points }] of Object.entries(cases)) {
  requires(
    'root',
    'runc',
    'overlay',
    'strace',
  )(`${verb} stopped at each of its locks blocks nobody`, { timeout: 300_000 }, async () => {
    await using box = openBox()
    await box.ok(['load', '-q', '-i', busyboxArchive()])
    await box.ok(run('first'))
    let point = 1
    for (; ; point += 1) {
      for (const one of before) await box.ok(one)
      const client = await stopAtLock(box, args, point)
      if (client === undefined) break
      for (const one of others) await expectUnblocked(box, one, `at lock ${point} (${client.holds})`)
      await client.goOn()
      await box.ok(removal('stopped'))
    }
    expect(point).toBeGreaterThan(points)
  })
}

async function expectUnblocked(box: Box, args: readonly string[], where: string): Promise<void> {
  const startedAt = performance.now()
  const result = await finish(box.start(args), 10_000)
  expect(result.code, `${args.join(' ')} ${where}: ${result.stderr}`).toBe(0)
  expect(performance.now() - startedAt, `${args.join(' ')} ${where}`).toBeLessThan(5000)
}

interface StoppedClient {
  /** The locks that it has open. */
  readonly holds: string
  /** Resolves when it has ended. */
  goOn(): Promise<void>
}

/** Undefined when the command ended before it took so many. */
async function stopAtLock(box: Box, args: readonly string[], point: number): Promise<StoppedClient | undefined> {
  const log = join(box.folder, 'strace.log')
  writeFileSync(log, '')
  const words = ['-qq', '-o', log, '-e', 'trace=flock', '-e', `inject=flock:signal=STOP:when=${point}`]
  const strace = spawn('strace', [...words, ...box.argv, ...args], { env: box.env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = finish(strace)
  while (strace.exitCode === null && !readFileSync(log, 'utf8').includes('stopped by SIGSTOP')) await sleep(20)
  if (strace.exitCode === null) return stoppedClient(box, strace, ended)
  const { code, stderr } = await ended
  expect(code, stderr).toBe(0)
  return undefined
}

function stoppedClient(box: Box, strace: ChildProcess, ended: Promise<unknown>): StoppedClient {
  const client = Number(readFileSync(`/proc/${strace.pid}/task/${strace.pid}/children`, 'utf8'))
  const open = readdirSync(`/proc/${client}/fd`).map((fd) =>
    absentAsUndefined(() => readlinkSync(`/proc/${client}/fd/${fd}`)),
  )
  return {
    holds: open.filter((path) => path?.startsWith(box.folder)).join(' '),
    async goOn() {
      strace.kill('SIGKILL')
      await once(strace, 'exit')
      process.kill(client, 'SIGCONT')
      await ended
    },
  }
}
