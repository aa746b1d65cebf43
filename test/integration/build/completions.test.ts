// The three completion scripts in their real shells; a small program in gantry's place answers for containers and images.

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect } from 'vitest'
import { type Need, requires } from '../../support/requires.ts'

const tree = resolve(import.meta.dirname, '..', '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'gantry-completions-'))
const journal = join(folder, 'journal')

writeFileSync(
  join(folder, 'gantry'),
  `#!/bin/sh
echo "$@" >>'${journal}'
case " $* " in
*' images '*) printf 'localhost:5000/a:1\\nlocalhost:5000/b:2\\nbusybox:latest\\n<none>:<none>\\n' ;;
*' --all '*) printf 'web\\ndb\\n' ;;
*) printf 'web\\n' ;;
esac
`,
)
chmodSync(join(folder, 'gantry'), 0o755)
writeFileSync(join(folder, 'settings.env'), '')

afterAll(() => rmSync(folder, { recursive: true }))

const shells: readonly { readonly need: Need; readonly script: string; readonly isWhole: boolean }[] = [
  { need: 'bash', script: 'gantry.bash', isWhole: false },
  { need: 'zsh', script: '_gantry', isWhole: true },
  { need: 'fish', script: 'gantry.fish', isWhole: true },
]

/** A line, some candidates that it must have, and some that it must not. */
const cases: readonly (readonly [line: string, wanted: readonly string[], unwanted: readonly string[]])[] = [
  ['gantry ', ['run', 'exec', 'container', 'system'], ['web', '--root', 'ls']],
  ['gantry container un', ['unpause'], ['unshare']],
  ['gantry rm ', ['web', 'db'], []],
  ['gantry stop ', ['web'], ['db']],
  ['gantry container exec ', ['web'], ['db']],
  ['gantry --log-level debug rm -f d', ['db'], ['web']],
  ['gantry run -it --name web bus', ['busybox:latest'], []],
  ['gantry run --read', ['--read-only', '--read-only-tmpfs'], ['--rm']],
  ['gantry --cgroup-manager ', ['cgroupfs', 'systemd'], ['run']],
  ['gantry run busybox --', [], ['--rm', '--name']],
]

describe.each(shells)('$need', ({ need, script, isWhole }) => {
  const candidates = (line: string) =>
    execFileSync(
      need,
      [join(import.meta.dirname, 'fixtures', `complete.${need}`), join(tree, 'completions', script), line],
      { encoding: 'utf8', cwd: folder, env: { PATH: `${folder}:${process.env['PATH']}`, HOME: folder, TERM: 'dumb' } },
    )
      .trim()
      .split('\n')
      .map((text) => text.trim())

  requires(need)('offers commands, flags, values, containers and images', () => {
    for (const [line, wanted, unwanted] of cases) {
      const found = candidates(line)
      expect(found, line).toEqual(expect.arrayContaining([...wanted]))
      for (const word of unwanted) expect(found, line).not.toContain(word)
    }
  })

  requires(need)('offers files where a flag takes one', () => {
    expect(candidates('gantry run --env-file sett')).toEqual(['settings.env'])
  })

  requires(need)('completes an image with a port in its name', () => {
    expect(candidates('gantry run localhost:5000/b')).toEqual([isWhole ? 'localhost:5000/b:2' : '5000/b:2'])
  })

  requires(need)('asks the state that the line names', () => {
    writeFileSync(journal, '')
    candidates('gantry --root /elsewhere rm ')
    expect(readFileSync(journal, 'utf8')).toContain('--root=/elsewhere ps --all')
  })
})
