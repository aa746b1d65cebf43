// What COPY brings, as one digest: types, modes, names and contents, whoever owns the files and whenever they were written.

import { createHash } from 'node:crypto'
import { type BigIntStats, readlinkSync } from 'node:fs'
import type { FileDigests } from './file-digests.ts'
import { type WalkedEntry, type WalkRules, walkSource } from './source-walk.ts'

/** Hex. */
export function contentDigest(source: WalkedEntry, rules: WalkRules, digests: FileDigests): string {
  const hash = createHash('sha256')
  walkSource(source, rules, (entry) => hash.update(describeEntry(entry, () => digests.of(entry.fd, entry.stat))))
  return hash.digest('hex')
}

/** One entry's part of the digest. */
export function describeEntry({ path, stat, parent, name }: WalkedEntry, digestFile: () => string): string {
  const content = stat.isFile()
    ? digestFile()
    : stat.isSymbolicLink()
      ? readlinkSync(Buffer.from(`/proc/self/fd/${parent}/${name}`, 'latin1'), { encoding: 'latin1' })
      : String(stat.rdev)
  return `${typeOf(stat)} ${(stat.mode & 0o7777n).toString(8)} ${path}\0${content}\0`
}

function typeOf(stat: BigIntStats): string {
  return (stat.mode & 0o170000n).toString(8)
}
