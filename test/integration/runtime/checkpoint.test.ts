// What the runtime is told of a checkpoint, and what becomes of its failure; the statistics of criu.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkpointByRuntime } from '../../../src/runtime/checkpoint.ts'
import { readCriuStatistics } from '../../../src/runtime/criu-statistics.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-checkpoint-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A runtime that writes down how it was called. */
function runtime(script = '') {
  const path = join(folder, 'runc')
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/argv\n${script}\n`, { mode: 0o755 })
  return { name: 'runc', path, globalArguments: ['--root', '/state'] }
}
const told = () => readFileSync(join(folder, 'argv'), 'utf8').trim().split('\n')
const plain = () => ({
  ...{ id: 'abc', name: 'web', folder, isAhead: false, hasPrevious: false, isLeftRunning: false },
  ...{ keepsConnections: false, keepsFileLocks: false },
})
const common = (images: string) => ['--root', '/state', 'checkpoint', '--image-path', images, '--work-path', folder]

test.each([
  ['nothing', {}, 'checkpoint', []],
  [
    'all',
    { isLeftRunning: true, keepsConnections: true, keepsFileLocks: true },
    'checkpoint',
    ['--leave-running', '--tcp-established', '--file-locks'],
  ],
  ['memory ahead', { isAhead: true, isLeftRunning: true }, 'pre-checkpoint', ['--pre-dump']],
  ['the rest of it', { hasPrevious: true }, 'checkpoint', ['--parent-path', '../pre-checkpoint']],
])('checkpointByRuntime tells of %s', async (_, wishes, images, words) => {
  await checkpointByRuntime(runtime(), { ...plain(), ...wishes })
  expect(told()).toEqual([...common(join(folder, images)), ...words, 'abc'])
})

test('checkpointByRuntime fails with the first error in the log of criu', async () => {
  const log = [
    '(00.04) Error (criu/util.c:1533): rlimit: no matter',
    '(00.16) Error (criu/files.c:17): the cause',
    '(00.23) Error (criu/cr-dump.c:2111): Dumping FAILED.',
  ]
  writeFileSync(join(folder, 'dump.log'), log.join('\n'))
  const failing = checkpointByRuntime(runtime('echo criu failed >&2; exit 1'), plain())
  await expect(failing).rejects.toThrow("criu cannot checkpoint container 'web': the cause")
})

test('readCriuStatistics reads both messages, and nothing that is none', () => {
  const write = (name: string, field: number, message: number[]) => {
    const body = [(field << 3) | 2, message.length, ...message]
    const header = Buffer.alloc(12)
    header.writeUInt32LE(body.length, 8)
    writeFileSync(join(folder, name), Buffer.concat([header, Buffer.from(body)]))
    return join(folder, name)
  }
  // freezing_time 300, frozen_time 5, pages_skipped_parent 2 (not shown), pages_written 1.
  const dump = write('stats-dump', 1, [8, 0xac, 2, 16, 5, 48, 2, 56, 1])
  expect(readCriuStatistics(dump, 'dump')).toEqual({ freezing_time: 300, frozen_time: 5, pages_written: 1 })
  const restore = write('stats-restore', 2, [8, 7, 24, 9])
  expect(readCriuStatistics(restore, 'restore')).toEqual({ pages_compared: 7, forking_time: 9 })
  expect(readCriuStatistics(restore, 'dump')).toBeUndefined()
  expect(readCriuStatistics(join(folder, 'none'), 'dump')).toBeUndefined()
  writeFileSync(dump, 'short')
  expect(readCriuStatistics(dump, 'dump')).toBeUndefined()
})
