import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFolderFiles } from '../../../src/transport/archive-files.ts'

test('a pipe in a folder is no file of it, and nobody waits for its writer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-files-'))
  try {
    execFileSync('mkfifo', [join(folder, 'manifest.json')])
    writeFileSync(join(folder, 'version'), 'x')
    using files = openFolderFiles(folder)
    expect(files.has('manifest.json')).toBe(false)
    expect(files.has('version')).toBe(true)
    expect(() => files.readSmall('manifest.json', 10)).toThrow("has no file 'manifest.json'")
  } finally {
    rmSync(folder, { recursive: true })
  }
})
