// Opens whatever `load` may be given: a folder, a tar, a compressed tar. Compressed archives and streams are spooled to the staging
// folder once, because their members are read in any order.

import { closeSync, createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { absentAsUndefined } from '../base/errors.ts'
import { type Compression, compressionOf } from '../image/decompress.ts'
import { unpackedStream } from '../image/plain-stream.ts'
import type { Layout } from '../state/layout.ts'
import { type ArchiveFiles, openFolderFiles, openTarFiles, tarFilesOf } from './archive-files.ts'
import { readSpooled, spool } from './spool.ts'
import { beginningOf } from './tarball.ts'

/** @throws not-found `archive-missing`, `program-not-found` (xz, bzip2); invalid `archive-malformed`, `program-failed` */
export async function openArchive(at: Layout, path: string, signal: AbortSignal): Promise<ArchiveFiles> {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat?.isDirectory()) return openFolderFiles(path)
  if (stat !== undefined && !stat.isFile()) {
    return openArchiveStream(at, { stream: createReadStream(path), label: path }, signal)
  }
  const kind = stat === undefined ? 'none' : compressionOf(beginningOf(path))
  if (kind === 'none') return openTarFiles(path)
  return tarFilesOf(await unpack(at, { stream: createReadStream(path), kind }, signal), path)
}

export interface ArchiveStream {
  readonly stream: Readable
  /** What messages call it. */
  readonly label: string
}

/** An archive that comes through a pipe or from a server. */
export async function openArchiveStream(at: Layout, from: ArchiveStream, signal: AbortSignal): Promise<ArchiveFiles> {
  const fd = await spool(at, [from.stream], signal)
  const kind = compressionOf(beginningOf(`/proc/self/fd/${fd}`))
  if (kind === 'none') return tarFilesOf(fd, from.label)
  try {
    const stream = Readable.from(readSpooled(fd, 0), { objectMode: false })
    return tarFilesOf(await unpack(at, { stream, kind }, signal), from.label)
  } finally {
    closeSync(fd)
  }
}

interface Packed {
  readonly stream: Readable
  readonly kind: Compression
}

async function unpack(at: Layout, { stream, kind }: Packed, signal: AbortSignal): Promise<number> {
  return spool(at, [unpackedStream(stream, kind)], signal)
}
