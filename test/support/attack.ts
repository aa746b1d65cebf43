// The program attack.c for containers that are to misbehave: compiled once per version, and mounted where a container asks for it.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const source = resolve(import.meta.dirname, 'attack.c')

/** Flags that give a container the program as /attack. */
export function withAttack(): string[] {
  return ['-v', `${attackProgram()}:/attack:ro`]
}

export function attackProgram(): string {
  const version = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12)
  const program = join(tmpdir(), `gantry-attack-${process.getuid?.()}-${version}`)
  if (existsSync(program)) return program
  const half = `${program}.${process.pid}`
  execFileSync('cc', ['-static', '-O2', '-Wall', '-Wextra', '-Werror', '-D_GNU_SOURCE', '-o', half, source])
  renameSync(half, program)
  return program
}
