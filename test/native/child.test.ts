// src/native/spawn.c and child.c with the sanitizers on.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { childProgram, expectNoSanitizerReport, sanitizerEnvironment } from './programs.ts'

/** Status as waitpid has it, whether it said too much, output, complaints. */
function told(argv: readonly string[], input = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-child-'))
  const env = { ...sanitizerEnvironment(folder), PATH: '/usr/bin:/bin' }
  const { stdout, status } = spawnSync(childProgram(), argv, { input, env, maxBuffer: 4 << 20 })
  expectNoSanitizerReport(folder)
  rmSync(folder, { recursive: true })
  expect(status).toBe(0)
  return stdout.toString()
}

test.each([
  ['input and both outputs', ['sh', '-c', 'cat; echo hm >&2; exit 3'], 'fed', '768 0 fed hm\n'],
  ['a program that reads nothing', ['true'], 'x'.repeat(1 << 20), '0 0  '],
  ['one that ends by a signal', ['sh', '-c', 'kill -KILL $$'], '', '9 0  '],
  ['the working folder', ['/bin/pwd'], '', '0 0 /\n '],
  ['one that is not there', ['no-such'], '', 'No such file or directory'],
])('%s', (_, argv, input, expected) => {
  expect(told(argv, input)).toBe(expected)
})

test('a program that says too much is killed', () => {
  expect(told(['yes']).slice(0, 4)).toBe('9 1 ')
})
