// Which repositories have which blobs, as far as copies to them have shown: a registry takes a blob over from a repository of its own that has it.
// Only a memory, in lines of `DIGEST REPOSITORY`: one that is lost or cut costs a transfer.

import { appendFileSync, readFileSync } from 'node:fs'
import type { Digest } from '../base/digest.ts'
import { absentAsUndefined } from '../base/errors.ts'
import { logDebug } from '../base/log.ts'
import { replaceFile } from '../os/atomic-file.ts'
import { type Layout, paths } from '../state/layout.ts'

/** The older half goes when it has grown so far. */
const mostBytes = 512 << 10

export interface BlobPlaces {
  /** Repositories, the latest first. Reads the memory when it is first asked. */
  placesOf(digest: Digest): readonly string[]
  /** In one go, what is new of it. Never throws. */
  remember(repository: string, digests: Iterable<Digest>): void
}

export function blobPlaces(at: Layout): BlobPlaces {
  let known: readonly string[] | undefined
  const lines = () => (known ??= readLines(at))
  return {
    placesOf: (digest) =>
      lines()
        .filter((line) => line.startsWith(`${digest} `))
        .map((line) => line.slice(digest.length + 1))
        .reverse(),
    remember: (repository, digests) => {
      const have = new Set(lines())
      const fresh = [...new Set(digests)].map((digest) => `${digest} ${repository}`).filter((line) => !have.has(line))
      if (fresh.length > 0) write(at, lines(), fresh)
    },
  }
}

function readLines(at: Layout): string[] {
  const text = absentAsUndefined(() => readFileSync(paths.blobPlaces(at), 'utf8')) ?? ''
  return text.split('\n').filter((line) => /^sha(256|512):[0-9a-f]+ \S+$/.test(line))
}

function write(at: Layout, old: readonly string[], fresh: readonly string[]): void {
  const path = paths.blobPlaces(at)
  try {
    const size = old.reduce((sum, line) => sum + line.length + 1, 0)
    if (size < mostBytes) return appendFileSync(path, toText(fresh), { mode: 0o600 })
    replaceFile(path, toText([...old.slice(old.length / 2), ...fresh]), { durable: false, isFolderSynced: false })
  } catch (error) {
    logDebug('what a registry has is not remembered', { error: `${error}` })
  }
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}
