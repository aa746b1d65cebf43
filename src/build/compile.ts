// The C programs and the addon: each from the .c files of one folder, with the system's compiler, warnings as errors.

import { spawnSync } from 'node:child_process'
import { mkdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { filesBelow, isNewer } from './newer.ts'

interface Program {
  /** Folder below src/. */
  readonly folder: string
  /** File below libexec/gantry/. */
  readonly target: string
  readonly flags: readonly string[]
}

const warnings = ['-Wall', '-Wextra', '-Wshadow', '-Werror']
const hardening = ['-fstack-protector-strong', '-D_FORTIFY_SOURCE=2', '-Wl,-z,relro,-z,now']
const common = ['-std=gnu11', '-O2', '-D_GNU_SOURCE', ...warnings, ...hardening]
const nodeHeaders = join('node_modules', 'node-api-headers', 'include')

/** One page of code, and no canary, which a library would set up. */
const withoutLibrary = ['-static', '-nostdlib', '-fno-stack-protector', '-Os', '-s', '-Wl,-z,noseparate-code']

const programs: readonly Program[] = [
  { folder: 'native', target: 'native.node', flags: ['-fPIC', '-shared', '-pthread', '-isystem', nodeHeaders] },
  { folder: 'monitor', target: 'monitor', flags: [] },
  { folder: 'userns', target: 'userns', flags: [] },
  { folder: 'hello', target: 'hello', flags: ['-static', '-Os', '-s'] },
  { folder: 'pause', target: 'pause', flags: withoutLibrary },
]

/** One build step per program. A step skips what is newer than its sources, and throws when the compiler refuses. */
export const compileSteps: readonly ((tree: string) => void)[] = programs.map(
  (program) => (tree) => compile(tree, program),
)

function compile(tree: string, program: Program): void {
  const folder = join(tree, 'src', program.folder)
  const target = join(tree, 'libexec', 'gantry', program.target)
  const code = filesBelow(folder).filter((path) => /\.[ch]$/.test(path))
  if (isNewer(target, [...code, import.meta.filename])) return
  mkdirSync(dirname(target), { recursive: true })
  const sources = code.filter((path) => path.endsWith('.c'))
  const half = `${target}.${process.pid}.half`
  console.log(`cc ${program.target}`)
  const { status, error } = spawnSync('cc', [...common, ...program.flags, '-o', half, ...sources], {
    cwd: tree,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`cc ${program.target} failed${error === undefined ? '' : `: ${error.message}`}`)
  renameSync(half, target)
}
