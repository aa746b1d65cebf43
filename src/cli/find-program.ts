// A program by name, as execvp(3) finds it.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'
import { isExecutable } from '../os/is-executable.ts'

export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'absent' | 'not-executable' }

export function findProgram(name: string, pathVariable: string): FoundProgram {
  const candidates = name.includes('/') ? [name] : pathVariable.split(':').map((folder) => join(folder, name))
  const files = candidates.filter((path) => isFile(path))
  const path = files.find((file) => isExecutable(file))
  if (path !== undefined) return { kind: 'found', path }
  return { kind: files.length > 0 ? 'not-executable' : 'absent' }
}

/** A folder on PATH that is closed to this user (root's, after su) holds nothing for it. */
function isFile(path: string): boolean {
  try {
    return absentAsUndefined(() => statSync(path))?.isFile() === true
  } catch (error) {
    if (errnoOf(error) === 'EACCES') return false
    throw error
  }
}
