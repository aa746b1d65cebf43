// What COPY brings, as one digest: types, modes, names and contents, whoever owns the files and whenever they were written.

import { createHash, type Hash } from 'node:crypto'
import { type BigIntStats, readlinkSync } from 'node:fs'
import { takeInTurns } from '../../base/turns.ts'
import type { FileDigests } from './file-digests.ts'
import { type WalkedEntry, type WalkRules, walkSource } from './source-walk.ts'

export interface ContentSource {
  readonly entry: WalkedEntry
  readonly rules: WalkRules
}

/** Hex. @throws the signal's reason */
export async function contentDigest(source: ContentSource, digests: FileDigests, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await takeInTurns(updates(hash, source, digests), signal)
  return hash.digest('hex')
}

function* updates(hash: Hash, { entry: source, rules }: ContentSource, digests: FileDigests): Generator<Hash> {
  for (const entry of walkSource(source, rules)) {
    yield hash.update(describeEntry(entry, () => digests.of(entry.fd, entry.stat)))
  }
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
