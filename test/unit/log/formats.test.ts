// From lines of a log file to entries, in both formats, and where the last lines begin.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { wholeLines } from '../../../src/base/whole-lines.ts'
import { findTail } from '../../../src/log/find-tail.ts'
import { parseJsonLines } from '../../../src/log/json-format.ts'
import { parseK8sLines } from '../../../src/log/k8s-format.ts'
import type { LogEntry } from '../../../src/log/log-entry.ts'
import { openLogFiles } from '../../../src/log/log-files.ts'
import { keepWithin } from '../../../src/log/log-window.ts'

const time = '2024-05-01T10:00:00.123456789Z'
const folder = mkdtempSync(join(tmpdir(), 'gantry-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const shown = (entries: readonly LogEntry[]) =>
  entries.map(({ stream, isWhole, text }) => `${stream} ${isWhole ? 'F' : 'P'} ${text.toString('latin1')}`)

describe('parseK8sLines', () => {
  test.each([
    [`${time} stdout F hello world`, ['stdout F hello world']],
    [`${time} stderr P go`, ['stderr P go']],
    [`${time} stdout F `, ['stdout F ']],
    [`${time} stdout F`, ['stdout F ']],
    [`2024-05-01T12:00:00.123456789+02:00 stdout F conmon's`, ["stdout F conmon's"]],
    [`2024-05-01T12:00:00Z stdout F short`, ['stdout F short']],
    [`${time} stdout P:more,other:x text`, ['stdout P text']],
    [`${time} stdout F:x`, ['stdout F ']],
    [`${time} stdout F a\r`, ['stdout F a\r']],
    [`${time} stdout F \xff\x00\x1b`, ['stdout F \xff\x00\x1b']],
    ['garbage', []],
    ['', []],
    [`${time} stdbug F x`, []],
    [`${time}`, []],
    [`torn\n${time} stderr F after`, ['stderr F after']],
    [`${time} std\n${time} stderr F after`, ['stderr F after']],
  ])('reads %j', (lines, expected) => {
    expect(shown(parseK8sLines(Buffer.from(`${lines}\n`, 'latin1')))).toEqual(expected)
  })

  test('keeps the time as written', () => {
    expect(parseK8sLines(Buffer.from(`${time} stdout F x\n`))[0]?.time).toBe(time)
  })
})

describe('parseJsonLines', () => {
  const line = (entry: object) => Buffer.from(`${JSON.stringify(entry)}\n`)

  test('reads text, stream, time and attributes', () => {
    const [entry] = parseJsonLines(line({ log: 'a\n', stream: 'stderr', attrs: { tag: 't' }, time }))
    expect(entry).toEqual({ stream: 'stderr', time, isWhole: true, text: Buffer.from('a'), attributes: { tag: 't' } })
  })

  test('knows a line that goes on', () => {
    expect(shown(parseJsonLines(line({ log: 'a', stream: 'stdout', time })))).toEqual(['stdout P a'])
  })

  test('passes over what is torn', () => {
    expect(shown(parseJsonLines(Buffer.from('{"log":"x","stre\n[]\nnull\n{"log":1}\n')))).toEqual([])
  })
})

test('wholeLines cuts at line ends wherever the pieces do', () => {
  const lines = wholeLines()
  const pieces = ['a', 'b\nc', '\n\nd', 'e'].map((piece) => lines.push(Buffer.from(piece)).toString())
  expect(pieces).toEqual(['', 'ab\n', 'c\n\n', ''])
  expect(lines.rest().toString()).toBe('de')
})

test('keepWithin excludes both ends', () => {
  const at = (second: number) => ({
    ...(parseK8sLines(Buffer.from(`${time} stdout F x\n`))[0] as LogEntry),
    time: `2024-05-01T10:00:0${second}.000000001Z`,
  })
  const ns = (second: number) => BigInt(Date.parse(`2024-05-01T10:00:0${second}Z`)) * 1_000_000n + 1n
  const kept = keepWithin([at(1), at(2), at(3)], { sinceNs: ns(1), untilNs: ns(3) })
  expect(kept.map((entry) => entry.time)).toEqual(['2024-05-01T10:00:02.000000001Z'])
})

describe('findTail', () => {
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(folder, name), lines.map((text) => `${time} stdout ${text}\n`).join(''))
  const tailOf = (path: string, count: number) => {
    const files = openLogFiles(path)
    const place = findTail({ files, count, parse: parseK8sLines })
    const texts = files.slice(place.file).map((file, index) => {
      const bytes = file.read(index === 0 ? place.offset : 0)
      file[Symbol.dispose]()
      return shown(parseK8sLines(bytes)).map((entry) => entry.slice(7))
    })
    return texts.flat()
  }

  test.each([
    [0, []],
    [1, ['F three']],
    [2, ['P tw', 'F o', 'F three']],
    [3, ['F one', 'P tw', 'F o', 'F three']],
    [9, ['F one', 'P tw', 'F o', 'F three']],
  ])('finds the last %d lines, over pieces of lines', (count, expected) => {
    write('pieces.log', ['F one', 'P tw', 'F o', 'F three'])
    expect(tailOf(join(folder, 'pieces.log'), count)).toEqual(expected)
  })

  test('counts a line that has not ended', () => {
    write('open.log', ['F one', 'F two', 'P thr', 'P ee'])
    expect(tailOf(join(folder, 'open.log'), 1)).toEqual(['P thr', 'P ee'])
  })

  test('goes back into rotated files, and over lines longer than its blocks', () => {
    const long = `F ${'x'.repeat(200_000)}`
    write('long.log.2', ['F oldest', 'F old'])
    write('long.log.1', [long])
    write('long.log', ['F new'])
    expect(tailOf(join(folder, 'long.log'), 3)).toEqual(['F old', long, 'F new'])
  })
})
