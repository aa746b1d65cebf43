// SIGKILL, at even points, to whoever waits out a restart's pause and then does the restart: the container runs again nevertheless, and has
// been restarted once.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { absentAsUndefined } from '../../src/base/errors.ts'
import { killQuietly } from '../../src/os/process.ts'
import { type Box, finish, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const points = Math.max(4, Math.ceil(Number(process.env['GANTRY_KILL_POINTS'] ?? 30) / 5))
const patience = { timeout: 30_000, interval: 10 }
const rootTest = requires('root', 'runc', 'overlay')

rootTest(`killed twice in a row, at ${points} points, a restart is made once`, { timeout: 600_000 }, async () => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const flags = ['--name', 'victim', '--network', 'none', '--restart', 'on-failure:10000']
  const id = await box.ok(['run', '-d', ...flags, busyboxName, 'sleep', '1000'])
  const duration = await durationOf(box, id)
  let kills = 0
  for (let point = 1; point <= points; point += 1) {
    // The pauses begin anew.
    await finish(box.start(['restart', '--time', '0', 'victim']))
    const before = runOf(box, id)
    killQuietly((await stateOf(box)).pid)
    await sleep((duration * point) / points)
    kills += await killWorker(box, id, before)
    await sleep((duration * point) / points)
    kills += await killWorker(box, id, before)
    await untilRestarted(box, id, before)
    expect(await stateOf(box), `after point ${point}`).toMatchObject({ count: 1 })
    expect(await box.findings(), `after point ${point}`).toEqual([])
  }
  // Else nothing has been shown.
  expect(kills).toBeGreaterThanOrEqual(points)
  await box.ok(['rm', '-f', '-t', '0', 'victim'])
})

interface Seen {
  readonly pid: number
  readonly count: number
}

async function stateOf(box: Box): Promise<Seen> {
  const { State, ...rest } = await box.inspect('victim')
  return { pid: State['Pid'] as number, count: rest['RestartCount'] as number }
}

/** What the monitor writes when a run begins; undefined where none is going on. */
function runOf(box: Box, id: string): string | undefined {
  return absentAsUndefined(() => readFileSync(join(box.run, 'containers', id, 'started.json'), 'utf8'))
}

async function untilRestarted(box: Box, id: string, before: string | undefined): Promise<void> {
  const isRestarted = () => ![undefined, before].includes(runOf(box, id))
  await expect.poll(isRestarted, patience).toBe(true)
}

/** From the end of the first process to the next one. */
async function durationOf(box: Box, id: string): Promise<number> {
  const { pid } = await stateOf(box)
  const before = runOf(box, id)
  const startedAt = performance.now()
  killQuietly(pid)
  await untilRestarted(box, id, before)
  return performance.now() - startedAt
}

/** The number of processes: one is looked for until it is there, or the container runs again. */
async function killWorker(box: Box, id: string, before: string | undefined): Promise<number> {
  for (let round = 0; round < 400; round += 1) {
    const found = workersOf(box)
    for (const pid of found) killQuietly(pid)
    if (found.length > 0) return found.length
    if (![undefined, before].includes(runOf(box, id))) return 0
    await sleep(5)
  }
  return 0
}

/** Commands of this box that the monitor has started. */
function workersOf(box: Box): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
        return words.includes('cleanup') && words.some((word) => word.includes(box.root))
      } catch {
        return false
      }
    })
    .map(Number)
}
