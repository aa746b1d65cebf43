// How an init system is told to run `boot start`: a file or two that carry our mark. Nothing without it is ever replaced or removed.

import { readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { absentAsUndefined, EngineError, errorReason } from '../../base/errors.ts'
import { removeFile, replaceFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'

export interface BootEntry {
  readonly initSystem: string
  /** Where it is to be seen; a file, or what else holds it. */
  readonly place: string
  readonly isThere: () => Promise<boolean> | boolean
  /** Idempotent. @throws conflict `boot-entry-foreign`; denied `boot-entry-unwritable` */
  readonly write: () => Promise<void>
  /** Idempotent: true when it was there. Leaves what is not ours. */
  readonly remove: () => Promise<boolean>
}

export const mark = '# Written by: gantry boot enable'

export interface EntryFile {
  readonly path: string
  readonly text: string
  readonly mode: number
  /** Points to it: what is enabled has one. */
  readonly link: string
}

/** Whether both are there as they should be. */
export function isFileThere({ path, text, link }: EntryFile): boolean {
  return textOf(path) === text && absentAsUndefined(() => readlinkSync(link)) === path
}

export function writeEntryFile({ path, text, mode, link }: EntryFile): void {
  const before = textOf(path)
  if (before !== undefined && !before.includes(`${mark}\n`)) throw foreign(path)
  try {
    for (const each of [path, link]) makeFolders(dirname(each))
    if (before !== text) replaceFile(path, text, { mode })
    if (absentAsUndefined(() => readlinkSync(link)) === path) return
    removeFile(link)
    symlinkSync(path, link)
  } catch (cause) {
    const message = `cannot write ${path}: ${errorReason(cause)}`
    throw new EngineError({ kind: 'denied', code: 'boot-entry-unwritable', message, cause })
  }
}

/** True when it was there. */
export function removeEntryFile({ path, link }: EntryFile): boolean {
  const isOurs = textOf(path)?.includes(`${mark}\n`) === true
  if (isOurs || absentAsUndefined(() => readlinkSync(link)) === path) removeFile(link)
  if (isOurs) removeFile(path)
  return isOurs
}

function textOf(path: string): string | undefined {
  return absentAsUndefined(() => readFileSync(path, 'utf8'))
}

function foreign(path: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'boot-entry-foreign',
    message: `${path} is there, and not written by Gantry`,
    hint: 'Move it away, or keep it: it stays as it is.',
  })
}
