// Whether a program is there inside a running container, asked before a runtime is started for it: a runtime's own complaint would go
// to the program's stderr. Only a certain "no" counts; whatever else happens is the runtime's to find out.

import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { posix } from 'node:path'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { native, resolveFlags } from '../../os/native.ts'

const openPath = 0o10000000

export interface ProgramQuery {
  /** Of the container's first process. */
  readonly pid: number
  readonly program: string
  readonly environment: readonly string[]
  readonly workdir: string
}

/** What a runtime would say, or undefined when the program may well be there. Stays inside the container's root (openat2). */
export function missingProgram(query: ProgramQuery): string | undefined {
  const { program } = query
  const root = absentAsUndefined(() => openSync(`/proc/${query.pid}/root`, openPath | constants.O_DIRECTORY))
  // The container has just ended.
  if (root === undefined) return undefined
  try {
    if (program.includes('/')) return missingFile(root, query)
    const folders = searchPath(query.environment)
    const verdicts = folders.map((folder) => examine(root, posix.join('/', folder, program)))
    if (verdicts.includes('maybe')) return undefined
    return `exec: "${program}": executable file not found in $PATH`
  } finally {
    closeSync(root)
  }
}

function missingFile(root: number, { program, workdir }: ProgramQuery): string | undefined {
  const verdict = examine(root, posix.resolve('/', workdir, program))
  if (verdict === 'maybe') return undefined
  if (verdict === 'absent') return `exec: "${program}": stat ${program}: no such file or directory`
  return `exec: "${program}": permission denied`
}

function searchPath(environment: readonly string[]): string[] {
  const entry = environment.findLast((text) => text.startsWith('PATH='))
  return (entry?.slice('PATH='.length) ?? '').split(':')
}

function examine(root: number, path: string): 'absent' | 'not-executable' | 'maybe' {
  try {
    const fd = native().openat2(root, path, { flags: openPath, resolve: resolveFlags.inRoot })
    try {
      const stat = fstatSync(fd)
      return stat.isFile() && (stat.mode & 0o111) !== 0 ? 'maybe' : 'not-executable'
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    const errno = errnoOf(error)
    return errno === 'ENOENT' || errno === 'ENOTDIR' ? 'absent' : 'maybe'
  }
}
