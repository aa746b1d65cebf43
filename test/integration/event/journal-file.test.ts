// The journal file: rotation, followers, torn lines, many writers.

import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, expect, test } from 'vitest'
import { parseEvent } from '../../../src/event/event-line.ts'
import type { Event } from '../../../src/event/journal.ts'
import { appendToFile } from '../../../src/event/journal-file.ts'
import { readJournalFile } from '../../../src/event/read-journal-file.ts'
import { lockFlags, native } from '../../../src/os/native.ts'

const folder = mkdtempSync(join(tmpdir(), 'gantry-events-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const newPath = () => join(folder, `events-${(files += 1)}.log`)
const signal = new AbortController().signal

const event = (number: number): Event => ({
  time: `2024-05-01T10:00:00.${String(number).padStart(9, '0')}Z`,
  type: 'container',
  status: 'start',
  name: `c${number}`,
})

const isRotation = ({ status }: Event) => status === 'log-rotation'

async function collect(events: AsyncIterable<Event>, count = Number.POSITIVE_INFINITY): Promise<string[]> {
  const names: string[] = []
  for await (const one of events) {
    names.push(isRotation(one) ? 'rotation' : (one.name ?? ''))
    if (names.length >= count) break
  }
  return names
}

test('events come back in order; a torn line is passed over', async () => {
  const path = newPath()
  appendToFile({ path, maxBytes: 0 }, event(1))
  appendFileSync(path, '{"Name":"to\n')
  appendToFile({ path, maxBytes: 0 }, event(2))
  appendFileSync(path, '{"Name":"unended')
  expect(await collect(readJournalFile(path, { follow: false, signal }))).toEqual(['c1', 'c2'])
})

test('no file is an empty journal', async () => {
  expect(await collect(readJournalFile(newPath(), { follow: false, signal }))).toEqual([])
})

test('a full file loses its older half, between two marks', async () => {
  const path = newPath()
  for (let number = 0; number < 100; number += 1) appendToFile({ path, maxBytes: 0 }, event(number))
  const full = statSync(path).size
  appendToFile({ path, maxBytes: full }, event(100))
  const names = await collect(readJournalFile(path, { follow: false, signal }))
  expect(names.at(0)).toBe('rotation')
  expect(names.slice(-3)).toEqual(['c99', 'rotation', 'c100'])
  expect(names).toHaveLength(49 + 3)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a follower sees each event once, over rotations', async () => {
  const path = newPath()
  appendToFile({ path, maxBytes: 0 }, event(0))
  const seen = collect(readJournalFile(path, { follow: true, signal }), 2010)
  for (let number = 1; number <= 2000; number += 1) {
    appendToFile({ path, maxBytes: 30_000 }, event(number))
    if (number % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  for (let number = 2001; number <= 2010; number += 1) appendToFile({ path, maxBytes: 0 }, event(number))
  const names = (await seen).filter((name) => name !== 'rotation')
  expect(new Set(names).size).toBe(names.length)
  expect(names).toEqual(names.map((_, index) => `c${index}`))
})

test('a follower of new events passes over the old ones', async () => {
  const path = newPath()
  appendToFile({ path, maxBytes: 0 }, event(1))
  const seen = collect(readJournalFile(path, { follow: true, isNewOnly: true, signal }), 1)
  await new Promise((resolve) => setTimeout(resolve, 100))
  appendToFile({ path, maxBytes: 0 }, event(2))
  expect(await seen).toEqual(['c2'])
})

test('a follower ends with its signal', async () => {
  const path = newPath()
  writeFileSync(path, '')
  const controller = new AbortController()
  const seen = collect(readJournalFile(path, { follow: true, signal: controller.signal }))
  setTimeout(() => controller.abort(), 50)
  expect(await seen).toEqual([])
})

const appending = (path: string, name: string) => `
  import { appendToFile } from ${JSON.stringify(new URL('../../../src/event/journal-file.ts', import.meta.url).href)}
  const time = '2024-05-01T10:00:00.000000000Z'
  appendToFile({ path: ${JSON.stringify(path)}, maxBytes: 0 }, { time, type: 'container', status: 'start', name: ${JSON.stringify(name)} })`

const startWorker = (source: string) => {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`))
  return new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))
}

/** Holds the lock as whoever rotates does. */
function beginRotation(path: string): number {
  writeFileSync(path, '')
  const fd = openSync(path, 'r')
  native().flock(fd, lockFlags.exclusive)
  return fd
}

test('a writer waits for a rotation, and writes to the new file', async () => {
  const path = newPath()
  const rotator = beginRotation(path)
  const appended = startWorker(appending(path, 'late'))
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(readFileSync(path, 'utf8')).toBe('')
  renameSync(path, `${path}.old`)
  writeFileSync(path, '')
  rmSync(`${path}.old`)
  closeSync(rotator)
  await appended
  expect(await collect(readJournalFile(path, { follow: false, signal }))).toEqual(['late'])
})

test('somebody who is stopped while rotating holds nobody up for long', async () => {
  const path = newPath()
  const rotator = beginRotation(path)
  await startWorker(appending(path, 'impatient'))
  closeSync(rotator)
  expect(await collect(readJournalFile(path, { follow: false, signal }))).toEqual(['impatient'])
})

test('writers at once lose nothing to each other’s rotations', { timeout: 60_000 }, async () => {
  const path = newPath()
  const writers = 3
  const each = 300
  const source = (writer: number) => `
    import { appendToFile } from ${JSON.stringify(new URL('../../../src/event/journal-file.ts', import.meta.url).href)}
    for (let n = 0; n < ${each}; n += 1) {
      const time = '2024-05-01T10:00:00.' + String(${writer} * 1000 + n).padStart(9, '0') + 'Z'
      appendToFile({ path: ${JSON.stringify(path)}, maxBytes: 200000 }, { time, type: 'container', status: 'start', name: 'c${writer}-' + n, image: 'x'.repeat(400) })
    }`
  await Promise.all(Array.from({ length: writers }, (_, writer) => startWorker(source(writer))))
  const kept = readFileSync(path, 'utf8').split('\n').slice(0, -1).map(parseEvent)
  expect(kept).not.toContain(undefined)
  const names = kept.flatMap((one) => (one === undefined || isRotation(one) ? [] : [one.name as string]))
  expect(new Set(names).size).toBe(names.length)
  for (let writer = 0; writer < writers; writer += 1) {
    const numbers = names.filter((name) => name.startsWith(`c${writer}-`)).map((name) => Number(name.split('-')[1]))
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => each - numbers.length + index))
  }
})
