// Digests of a folder's files, remembered by what stat(2) says of them, so that a file that nobody has touched is read once for all builds.

import { createHash } from 'node:crypto'
import { type BigIntStats, closeSync, constants, openSync, readFileSync, readSync } from 'node:fs'
import { dirname } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { replaceFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { cacheKey } from './build-cache.ts'

export interface FileDigests {
  /** Hex sha256 of what the descriptor (O_PATH) names. */
  of(fd: number, stat: BigIntStats): string
  /** Of a file that was read to its end as `stat` says. */
  learn(stat: BigIntStats, digest: string): void
  /** Undefined where it would have to be read. */
  known(stat: BigIntStats): string | undefined
  /** Keeps them for the next build. Not durable. */
  save(): void
}

/** A file that was written at nearly the time when it was read may be written again without its times telling. */
const doubtNs = 20_000_000n
const chunkBytes = 1 << 18

/** `folder`: the context's; undefined for one that will not be seen again. */
export function openFileDigests(at: Layout, folder: string | undefined): FileDigests {
  const path = folder === undefined ? undefined : paths.buildDigests(at, cacheKey('digests', folder))
  const known = path === undefined ? new Map<string, string>() : read(path)
  const seen = new Map<string, string>()
  let isChanged = false
  const look = (stat: BigIntStats) => {
    const key = keyOf(stat)
    const digest = seen.get(key) ?? known.get(key)
    if (digest !== undefined) seen.set(key, digest)
    return digest
  }
  const learn = (stat: BigIntStats, digest: string) => {
    const youngest = stat.ctimeNs > stat.mtimeNs ? stat.ctimeNs : stat.mtimeNs
    if (BigInt(Date.now()) * 1_000_000n - youngest < doubtNs) return
    seen.set(keyOf(stat), digest)
    isChanged = true
  }
  return {
    known: look,
    learn,
    of(fd, stat) {
      const digest = look(stat)
      if (digest !== undefined) return digest
      const fresh = digestFile(fd)
      learn(stat, fresh)
      return fresh
    },
    save() {
      if (path === undefined || !isChanged) return
      makeFolders(dirname(path), 0o700)
      const text = [...seen].map(([key, digest]) => `${key} ${digest}`).join('\n')
      replaceFile(path, text, { durable: false })
    },
  }
}

function keyOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`
}

/** What a crash has torn is left out: a line is its key and 64 digits. */
function read(path: string): Map<string, string> {
  const text = absentAsUndefined(() => readFileSync(path, 'latin1')) ?? ''
  const known = new Map<string, string>()
  for (const line of text.split('\n')) {
    const digest = line.slice(-64)
    if (line.length > 65 && /^[0-9a-f]{64}$/.test(digest)) known.set(line.slice(0, -65), digest)
  }
  return known
}

function digestFile(named: number): string {
  const fd = openSync(`/proc/self/fd/${named}`, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const hash = createHash('sha256')
    const chunk = Buffer.allocUnsafe(chunkBytes)
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) hash.update(chunk.subarray(0, read))
    return hash.digest('hex')
  } finally {
    closeSync(fd)
  }
}
