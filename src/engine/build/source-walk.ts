// The entries of a source, folders before what is in them, by name. Others may change it meanwhile: each is opened below its folder's
// descriptor, and no link is followed.

import { type BigIntStats, closeSync, constants, fstatSync, openSync, readdirSync } from 'node:fs'
import { openEntry } from '../../os/open-entry.ts'

export interface WalkedEntry {
  /** Byte string below the source; empty for the source itself. */
  readonly path: string
  /** O_PATH. */
  readonly fd: number
  readonly stat: BigIntStats
  /** That of its folder, and its name there; for its attributes and links. */
  readonly parent: number
  readonly name: string
}

export interface WalkRules {
  /** Byte string below the source. */
  readonly isLeftOut: (path: string) => boolean
  /** A folder that is left out is entered all the same. */
  readonly mayHoldKept: (path: string) => boolean
}

/** `source.path` is empty. An entry's descriptors are open until the next one is asked for. */
export function* walkSource(source: WalkedEntry, rules: WalkRules): Generator<WalkedEntry> {
  const isWanted = source.path === '' || !rules.isLeftOut(source.path)
  if (isWanted) yield source
  if (!source.stat.isDirectory() || (!isWanted && !rules.mayHoldKept(source.path))) return
  const folder = openSync(`/proc/self/fd/${source.fd}`, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    for (const name of readdirSync(`/proc/self/fd/${folder}`, { encoding: 'latin1' }).sort()) {
      const path = source.path === '' ? name : `${source.path}/${name}`
      const fd = openEntry(folder, name)
      if (fd === undefined) continue
      try {
        const stat = fstatSync(fd, { bigint: true })
        yield* walkSource({ path, fd, stat, parent: folder, name }, rules)
      } finally {
        closeSync(fd)
      }
    }
  } finally {
    closeSync(folder)
  }
}
