import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { syncTogether } from '../../../src/os/sync-together.ts'
import { requires } from '../../support/requires.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-sync-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

/** How many syncfs(2) a program makes that may use `syncTogether` and `folder`. */
function syncsOf(program: string): number {
  const log = join(folder, 'calls')
  const module = join(import.meta.dirname, '../../../src/os/sync-together.ts')
  const script = `import { syncTogether } from ${JSON.stringify(module)}; const folder = ${JSON.stringify(folder)}; ${program}`
  execFileSync('strace', ['-f', '-o', log, '-e', 'trace=syncfs', process.execPath, '--input-type=module', '-e', script])
  return [...readFileSync(log, 'utf8').matchAll(/ syncfs\(\d+( <unfinished|\) *= 0)/g)].length
}

requires('strace')('syncTogether serves all who come while one runs with the next', () => {
  expect(syncsOf('await Promise.all(Array.from({ length: 20 }, () => syncTogether(folder)))')).toBe(2)
})

requires('strace')('syncTogether syncs again for whoever comes later', () => {
  expect(syncsOf('await syncTogether(folder); await syncTogether(folder); await syncTogether(folder)')).toBe(3)
})

test('syncTogether tells each what became of its own turn', async () => {
  const missing = join(folder, 'missing')
  const failures = await Promise.allSettled([syncTogether(missing), syncTogether(missing), syncTogether(missing)])
  expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  await expect(syncTogether(folder)).resolves.toBeUndefined()
})
