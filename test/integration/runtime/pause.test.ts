// A runtime that cannot freeze at once, as runc on a machine that is too busy to let its processes come to a halt.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pauseByRuntime, resumeByRuntime } from '../../../src/runtime/pause.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-pause-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Says `words` to its first `failures` callers. */
function failingRuntime(failures: number, words: string) {
  const calls = join(folder, 'calls')
  const path = join(folder, 'runtime')
  const script = `#!/bin/sh\necho x >> ${calls}\n[ $(wc -l < ${calls}) -gt ${failures} ] || { echo '${words}' >&2; exit 1; }\n`
  writeFileSync(path, script, { mode: 0o755 })
  const count = () => readFileSync(calls, 'utf8').length / 2
  return { runtime: { name: 'runc', path, globalArguments: [] }, count }
}

test('is asked again while it cannot', async () => {
  const { runtime, count } = failingRuntime(2, 'unable to freeze')
  expect(await pauseByRuntime(runtime, 'x')).toBe(true)
  expect(count()).toBe(3)
})

test('is not asked again where nothing is left to freeze or to thaw, nor for ever', async () => {
  const askings = [
    [pauseByRuntime, 'container not running'],
    [resumeByRuntime, 'container not running'],
    [resumeByRuntime, 'container not paused'],
  ] as const
  for (const [ask, words] of askings) {
    const other = failingRuntime(100, words)
    expect(await ask(other.runtime, 'x')).toBe(false)
    expect(other.count()).toBe(1)
    rmSync(join(folder, 'calls'))
  }
  const stuck = failingRuntime(100, 'unable to freeze')
  await expect(pauseByRuntime(stuck.runtime, 'x')).rejects.toThrow('unable to freeze')
  expect(stuck.count()).toBe(10)
})
