// `npm run generate`: completions and the command reference, from the command table. With --check nothing is written, and what is not
// up to date is named with its first line that differs.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bashCompletion } from './bash-completion.ts'
import { fishCompletion } from './fish-completion.ts'
import { reference } from './reference.ts'
import { readSurface } from './surface.ts'
import { zshCompletion } from './zsh-completion.ts'

const tree = join(import.meta.dirname, '..', '..')
const isCheck = process.argv.includes('--check')

const surface = await readSurface()
const generated: Readonly<Record<string, string>> = {
  'completions/gantry.bash': bashCompletion(surface),
  'completions/_gantry': zshCompletion(surface),
  'completions/gantry.fish': fishCompletion(surface),
  'src/cli/REFERENCE.md': reference(surface),
}

for (const [name, text] of Object.entries(generated)) {
  const path = join(tree, name)
  const present = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (present === text) continue
  if (isCheck) {
    complain(name, present, text)
    continue
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  console.log(`generate ${name}`)
}
if (process.exitCode === 1) console.error('Bring them up to date: npm run generate')

function complain(name: string, present: string, text: string): void {
  process.exitCode = 1
  const [old, made] = [present.split('\n'), text.split('\n')]
  const at = made.findIndex((line, index) => line !== old[index])
  const line = at === -1 ? made.length : at
  console.error(`${name}:${line + 1} is not up to date`)
  console.error(`  - ${old[line] ?? '(nothing)'}\n  + ${made[line] ?? '(nothing)'}`)
}
