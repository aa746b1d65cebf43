// The timer of health checks: when the command runs, and when it does not.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { absentAsUndefined } from '../../src/base/errors.ts'
import { frameTypes } from '../../src/runtime/frames.ts'
import { monitored, newFolder } from './monitored.ts'

/** A line at its start and its end; what it exits with is nobody's business. */
const command = (folder: string, script = 'true') => {
  const line = `echo start >>${folder}/checks; ${script}; echo end >>${folder}/checks; exit 1`
  return ['/bin/sh', '-c', line].map((word) => `health-command=${word}`)
}
const checks = (folder: string) =>
  absentAsUndefined(() => readFileSync(join(folder, 'checks'), 'utf8'))?.split('\n') ?? []
const setInterval = (run: string, ms: number) => writeFileSync(join(run, 'health'), `${ms}\n`)

test('checks at the start, and then each time so long after the last has ended', async () => {
  const folder = newFolder()
  const settings = command(folder, 'sleep 0.3')
  const prepare = (run: string) => setInterval(run, 200)
  await using monitor = await monitored({ folder, prepare, settings, payload: 'sleep 1.3' })
  await monitor.client.exit
  const count = (word: string) => checks(folder).filter((line) => line === word).length
  // One that was at work then may still write to the folder.
  for (let round = 0; round < 50 && count('start') > count('end'); round++) await sleep(20)
  const seen = checks(folder).filter((line) => line !== '')
  // One every half second; none overlaps.
  expect(seen.filter((line) => line === 'start').length).toBeGreaterThanOrEqual(2)
  expect(seen.filter((line) => line === 'start').length).toBeLessThanOrEqual(3)
  expect(seen.slice(0, 4)).toEqual(['start', 'end', 'start', 'end'])
})

test('does not check without an interval, and learns of one', async () => {
  const folder = newFolder()
  await using monitor = await monitored({ folder, settings: command(folder), payload: 'sleep 1.2' })
  await sleep(300)
  expect(checks(folder)).toEqual([])
  setInterval(monitor.run, 60_000)
  const other = await monitor.attach()
  other.send(frameTypes.health)
  await sleep(300)
  expect(checks(folder)).toEqual(['start', 'end', ''])
  setInterval(monitor.run, 0)
  other.send(frameTypes.health)
  await monitor.client.exit
  expect(checks(folder)).toEqual(['start', 'end', ''])
})

test('a word during a check starts the next when that has ended', async () => {
  const folder = newFolder()
  const prepare = (run: string) => setInterval(run, 60_000)
  const settings = command(folder, 'sleep 0.4')
  await using monitor = await monitored({ folder, prepare, settings, payload: 'sleep 1.4' })
  await sleep(150)
  const other = await monitor.attach()
  other.send(frameTypes.health)
  await sleep(100)
  expect(checks(folder)).toEqual(['start', ''])
  await monitor.client.exit
  expect(checks(folder)).toEqual(['start', 'end', 'start', 'end', ''])
})

test('a check that does not end does not keep the monitor', async () => {
  const folder = newFolder()
  const prepare = (run: string) => setInterval(run, 10)
  await using monitor = await monitored({ folder, prepare, settings: command(folder, 'sleep 2'), payload: 'sleep 0.3' })
  expect(await monitor.client.exit).toMatchObject({ exitCode: 0 })
  await monitor.gone
  expect(checks(folder)).toEqual(['start', ''])
})
