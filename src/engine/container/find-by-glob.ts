// Paths of the host by a pattern, as Go's filepath.Glob finds them: `*` and `?` stop at a slash, and match hidden files too.

import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { matchesGlob } from '../../spec/glob.ts'

/** Absolute, sorted; empty where nothing matches. What may not be read has nothing in it. */
export function findByGlob(pattern: string): string[] {
  const parts = resolve(pattern)
    .split('/')
    .filter((part) => part !== '')
  return parts.reduce<string[]>((folders, part) => folders.flatMap((folder) => matchesIn(folder, part)), ['/'])
}

function matchesIn(folder: string, part: string): string[] {
  if (!/[*?[]/.test(part)) return existsSync(join(folder, part)) ? [join(folder, part)] : []
  return namesIn(folder)
    .filter((name) => matchesGlob(part, name))
    .sort()
    .map((name) => join(folder, name))
}

function namesIn(folder: string): string[] {
  try {
    return absentAsUndefined(() => readdirSync(folder)) ?? []
  } catch {
    return []
  }
}
