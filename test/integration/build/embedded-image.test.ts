import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeEmbeddedImage } from '../../../src/build/embedded-image.ts'

test('the embedded image holds the program and is the same each time', async () => {
  const tree = mkdtempSync(join(tmpdir(), 'gantry-embedded-'))
  try {
    const folder = join(tree, 'libexec/gantry')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'hello'), 'a program', { mode: 0o755 })
    await makeEmbeddedImage(tree)
    const first = readFileSync(join(folder, 'hello.tar'))
    utimesSync(join(folder, 'hello.tar'), 1, 1)
    await makeEmbeddedImage(tree)
    expect(readFileSync(join(folder, 'hello.tar')).equals(first)).toBe(true)
    const names = execFileSync('tar', ['-tf', join(folder, 'hello.tar')], { encoding: 'utf8' })
      .trim()
      .split('\n')
    const layer = names.find((name) => name.endsWith('.tar')) ?? ''
    const program = execFileSync('sh', ['-c', `tar -xOf '${folder}/hello.tar' ${layer} | tar -xOf - hello`])
    expect(program.toString()).toBe('a program')
  } finally {
    rmSync(tree, { recursive: true })
  }
})
