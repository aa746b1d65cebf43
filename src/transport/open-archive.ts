// Opens whatever `load` may be given: a folder, a tar, a compressed tar. Compressed archives and streams are spooled to the staging
// folder once, because their members are read in any order.

import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import { decompress } from '../image/decompress.ts'
import type { Layout } from '../state/layout.ts'
import { type ArchiveFiles, openFolderFiles, openTarFiles, tarFilesOf } from './archive-files.ts'
import { spool } from './spool.ts'

/** @throws not-found `archive-missing`; invalid `archive-malformed`; unsupported `archive-compression` */
export async function openArchive(at: Layout, path: string, signal: AbortSignal): Promise<ArchiveFiles> {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat?.isDirectory()) return openFolderFiles(path)
  if (stat !== undefined && !stat.isFile()) {
    return openArchiveStream(at, { stream: createReadStream(path), label: path }, signal)
  }
  const kind = stat === undefined ? 'plain' : compressionOf(path, path)
  if (kind === 'plain') return openTarFiles(path)
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
  const kind = compressionOrClose(fd, from.label)
  if (kind === 'plain') return tarFilesOf(fd, from.label)
  try {
    const stream = createReadStream('', { fd, start: 0, autoClose: false })
    return tarFilesOf(await unpack(at, { stream, kind }, signal), from.label)
  } finally {
    closeSync(fd)
  }
}

function compressionOrClose(fd: number, label: string): Compression {
  try {
    return compressionOf(`/proc/self/fd/${fd}`, label)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

type Compression = 'plain' | 'gzip' | 'zstd'

function compressionOf(path: string, label: string): Compression {
  const magic = Buffer.alloc(6)
  const fd = openSync(path, 'r')
  try {
    readSync(fd, magic, 0, 6, 0)
  } finally {
    closeSync(fd)
  }
  const hex = magic.toString('hex')
  if (hex.startsWith('1f8b')) return 'gzip'
  if (hex.startsWith('28b52ffd')) return 'zstd'
  if (hex.startsWith('fd377a58') || hex.startsWith('425a68'))
    throw unsupported(label, hex.startsWith('42') ? 'bzip2' : 'xz')
  return 'plain'
}

interface Packed {
  readonly stream: Readable
  readonly kind: Exclude<Compression, 'plain'>
}

async function unpack(at: Layout, { stream, kind }: Packed, signal: AbortSignal): Promise<number> {
  return spool(at, [decompress(stream, kind)], signal)
}

function unsupported(label: string, kind: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'archive-compression',
    message: `'${label}' is compressed with ${kind}`,
    hint: `Unpack it first: un${kind === 'bzip2' ? 'bz2' : kind}`,
  })
}
