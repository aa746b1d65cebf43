// SIGKILL, at even points, to whoever waits out a restart's pause and then does the restart: the container runs again nevertheless, and has
// been restarted once.

import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { killQuietly } from '../../src/os/process.ts'
import { type Box, finish, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const points = Math.ceil(Number(process.env['GANTRY_KILL_POINTS'] ?? 30) / 5)
const patience = { timeout: 30_000, interval: 50 }
const rootTest = requires('root', 'runc', 'overlay')

rootTest(`killed twice in a row, at ${points} points, a restart is made once`, { timeout: 600_000 }, async () => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const flags = ['--name', 'victim', '--network', 'none', '--restart', 'on-failure:10000']
  await box.ok(['run', '-d', ...flags, busyboxName, 'sleep', '1000'])
  const duration = await durationOf(box)
  let kills = 0
  for (let point = 1; point <= points; point += 1) {
    // The pauses begin anew.
    await finish(box.start(['restart', '--time', '0', 'victim']))
    const before = await stateOf(box)
    killQuietly(before.pid)
    await sleep((duration * point) / points)
    kills += await killWorker(box)
    await sleep((duration * point) / points)
    kills += await killWorker(box)
    await untilRestarted(box, before)
    expect(await stateOf(box), `after point ${point}`).toMatchObject({ count: 1 })
    expect(await box.findings(), `after point ${point}`).toEqual([])
  }
  // Else nothing has been shown.
  expect(kills).toBeGreaterThan(points)
  await box.ok(['rm', '-f', '-t', '0', 'victim'])
})

interface Seen {
  readonly status: string
  readonly pid: number
  readonly count: number
}

async function stateOf(box: Box): Promise<Seen> {
  const { State, ...rest } = await box.inspect('victim')
  return { status: State['Status'] as string, pid: State['Pid'] as number, count: rest['RestartCount'] as number }
}

async function untilRestarted(box: Box, before: Seen): Promise<void> {
  const isRestarted = ({ status, pid }: Seen) => status === 'running' && pid !== before.pid
  await expect.poll(async () => isRestarted(await stateOf(box)), patience).toBe(true)
}

/** From the end of the first process to the next one. */
async function durationOf(box: Box): Promise<number> {
  const before = await stateOf(box)
  const startedAt = performance.now()
  killQuietly(before.pid)
  await untilRestarted(box, before)
  return performance.now() - startedAt
}

/** The number of processes: one is looked for until it is there, or the container runs. */
async function killWorker(box: Box): Promise<number> {
  for (let round = 0; round < 200; round += 1) {
    const found = workersOf(box)
    for (const pid of found) killQuietly(pid)
    if (found.length > 0) return found.length
    if ((await stateOf(box)).status === 'running') return 0
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
