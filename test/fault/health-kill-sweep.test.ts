// SIGKILL at even points of a health check, to whoever runs it, to the runtime and to the monitor: the next check finds the container as
// it is, nothing of the killed one runs on, and what was to be restarted is.

import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { killQuietly } from '../../src/os/process.ts'
import { type Box, finish, leftovers, openBox } from '../support/box.ts'
import { busyboxArchive, busyboxName } from '../support/busybox-image.ts'
import { requires } from '../support/requires.ts'

const points = Math.ceil(Number(process.env['GANTRY_KILL_POINTS'] ?? 30) / 5)
const rootTest = requires('root', 'runc', 'overlay')
const check = ['healthcheck', 'run', 'victim']

async function openWith(flags: readonly string[]): Promise<Box> {
  const box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const words = ['run', '-d', '--name', 'victim', '--network', 'none', '--stop-timeout', '0', ...flags]
  await box.ok([...words, busyboxName, 'sleep', '1000'])
  return box
}

rootTest.for(['client', 'runc'] as const)(
  `%s killed during a check at ${points} points leaves nothing to the next`,
  { timeout: 600_000 },
  async (victim) => {
    await using box = await openWith(['--health-cmd', 'sleep 0.1; echo whole', '--health-interval', 'disable'])
    const duration = await durationOf(box)
    for (let point = 1; point <= points; point += 1) {
      await killDuring(box, victim, (duration * point) / points)
      expect(await box.try(check), `after point ${point}`).toEqual({ code: 0, stdout: '', stderr: '' })
      const { Health } = (await box.inspect('victim')).State as { Health: { Log: object[] } }
      expect(Health, `after point ${point}`).toMatchObject({ Status: 'healthy', FailingStreak: 0 })
      expect(Health.Log.at(-1), `after point ${point}`).toMatchObject({ ExitCode: 0, Output: 'whole\n' })
      expect(await living(box), `after point ${point}`).toEqual(['COMMAND', 'sleep 1000'])
      const temporaries = leftovers(box.folder).filter((left) => left.startsWith('temporary'))
      expect(temporaries, `after point ${point}`).toEqual([expect.stringMatching(/exit\.json\.tmp$/)])
    }
  },
)

// A restart whose own runtime is killed is a start that fails, as any other.
rootTest(`a check killed at ${points} points, that asks for a restart, loses none`, { timeout: 600_000 }, async () => {
  // Unhealthy once for each start.
  const failing = 'test -e /seen || { touch /seen; exit 1; }'
  const flags = ['--health-interval', 'disable', '--health-retries', '1', '--health-on-failure', 'restart']
  await using box = await openWith(['--health-cmd', failing, ...flags])
  const duration = await durationOf(box)
  for (let point = 1; point <= points; point += 1) {
    await untilHealthy(box, point)
    await box.try(['exec', 'victim', 'rm', '-f', '/seen'])
    await killDuring(box, 'client', (duration * point) / points)
    await untilHealthy(box, point)
  }
})

rootTest(`the monitor killed amid checks at ${points} points leaves the usual`, { timeout: 600_000 }, async () => {
  await using box = openBox()
  await box.ok(['load', '-q', '-i', busyboxArchive()])
  const flags = ['--network', 'none', '--health-cmd', 'sleep 0.05', '--health-interval', '10ms']
  for (let point = 1; point <= points; point += 1) {
    await finish(box.start(['run', '-d', '--name', 'victim', ...flags, busyboxName, 'sleep', '1000']))
    const monitor = (await box.inspect('victim')).State['ConmonPid'] as number
    await sleep((400 * point) / points)
    killQuietly(monitor)
    // A check that was being forked has the monitor's lock until it runs.
    await expect.poll(async () => (await box.inspect('victim')).State['Status'], { timeout: 5000 }).toBe('exited')
    await box.ok(['rm', '-f', '-t', '0', 'victim'])
    await untilNothingIsLeft(box, point)
  }
})

/** Without those that wait for this machine's init to take notice. */
async function living(box: Box): Promise<string[]> {
  const lines = (await box.ok(['top', 'victim', 'args'])).split('\n')
  return lines.filter((line) => !line.startsWith('['))
}

/** A restart may be under way; what asks for it may have been killed before it said so, and says it again. */
async function untilHealthy(box: Box, point: number): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    const { code } = await box.try(check)
    if (code === 0) return
    await sleep(100)
  }
  throw new Error(`not healthy after point ${point}: ${JSON.stringify((await box.inspect('victim')).State)}`)
}

async function untilNothingIsLeft(box: Box, point: number): Promise<void> {
  // A check that was under way ends by itself: it has nobody to tell.
  for (let round = 0; round < 50 && leftovers(box.folder).length > 0; round += 1) await sleep(100)
  expect(leftovers(box.folder), `after point ${point}`).toEqual([])
}

async function durationOf(box: Box): Promise<number> {
  const startedAt = performance.now()
  await finish(box.start(check))
  return performance.now() - startedAt
}

async function killDuring(box: Box, victim: 'client' | 'runc', afterMs: number): Promise<void> {
  const child = box.start(check)
  const ended = finish(child)
  await sleep(afterMs)
  if (victim === 'client') child.kill('SIGKILL')
  else for (const pid of runcs(box)) killQuietly(pid)
  await ended
}

/** Processes of this box whose program is runc. */
function runcs(box: Box): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
        return (words[0] ?? '').endsWith('runc') && words.some((word) => word.includes(box.folder))
      } catch {
        return false
      }
    })
    .map(Number)
}
