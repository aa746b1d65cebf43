// Folders with those above them. Node's own recursive mkdir never returns where a file system makes none although the folder above is there, as
// /proc: it asks for that folder, finds it, and begins anew.

import { mkdirSync, type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { EngineError, errnoOf } from '../base/errors.ts'
import { syncFolder } from './atomic-file.ts'

/** A folder above may be removed by another process meanwhile: this often it is made again. */
const maxRounds = 10

/** Idempotent, safe against itself. The topmost one that was new, if any. @throws unsupported `folder-unmakeable`; what mkdir(2) says */
export function makeFolders(wanted: string, mode = 0o777): string | undefined {
  const path = resolve(wanted)
  for (let round = 1; ; round++) {
    try {
      return makeMissing(path, mode)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error
      if (round === maxRounds) throw unmakeable(path, error)
    }
  }
}

/** The same; those that are new survive a power cut. */
export function makeLastingFolders(wanted: string, mode?: number): void {
  const first = makeFolders(wanted, mode)
  if (first === undefined) return
  for (let made = resolve(wanted); made.length >= first.length; made = dirname(made)) syncFolder(dirname(made))
}

function makeMissing(path: string, mode: number): string | undefined {
  const missing: string[] = []
  for (let at = path; !isFolder(at); at = dirname(at)) missing.push(at)
  for (const one of missing.toReversed()) makeOne(one, mode)
  return missing.at(-1)
}

/** What is there and no folder is left to mkdir(2) to complain of. */
function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

function makeOne(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Another was quicker.
    if (errnoOf(error) !== 'EEXIST' || !isFolder(path)) throw error
  }
}

function unmakeable(path: string, cause: unknown): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'folder-unmakeable',
    message: `folder '${path}' cannot be made: its file system takes none`,
    hint: 'Name a path on another file system.',
    cause,
  })
}
