// Opens whatever `load` may be given: a folder, a tar, a compressed tar. Compressed archives and streams are spooled to the staging
// folder once, because their members are read in any order.

import { closeSync, createReadStream, createWriteStream, openSync, readSync, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { removeFile } from '../os/atomic-file.ts'
import { type Layout, paths } from '../state/layout.ts'
import { type ArchiveFiles, openFolderFiles, openTarFiles } from './archive-files.ts'

/** @throws not-found `archive-missing`; invalid `archive-malformed`; unsupported `archive-compression` */
export async function openArchive(at: Layout, path: string, signal: AbortSignal): Promise<ArchiveFiles> {
  const stat = absentAsUndefined(() => statSync(path))
  if (stat?.isDirectory()) return openFolderFiles(path)
  if (stat === undefined || stat.isFile()) {
    const kind = stat === undefined ? 'plain' : compressionOf(path)
    if (kind === 'plain') return openTarFiles(path)
    return spool(at, { stream: createReadStream(path), label: path, kind }, signal)
  }
  return openArchiveStream(at, { stream: createReadStream(path), label: path }, signal)
}

export interface ArchiveStream {
  readonly stream: Readable
  /** What messages call it. */
  readonly label: string
}

/** An archive that comes through a pipe or from a server. */
export async function openArchiveStream(at: Layout, from: ArchiveStream, signal: AbortSignal): Promise<ArchiveFiles> {
  const spooled = paths.stagedFile(at, newId())
  const { label } = from
  try {
    await pipeline(from.stream, createWriteStream(spooled, { flags: 'wx', mode: 0o600 }), { signal })
    const kind = compressionOf(spooled)
    if (kind !== 'plain') return await spool(at, { stream: createReadStream(spooled), label, kind }, signal)
    return openTarFiles(spooled, label)
  } finally {
    // Its descriptor stays open: a kill leaves nothing behind.
    removeFile(spooled)
  }
}

type Compression = 'plain' | 'gzip' | 'zstd'

function compressionOf(path: string): Compression {
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
    throw unsupported(path, hex.startsWith('42') ? 'bzip2' : 'xz')
  return 'plain'
}

interface Packed {
  readonly stream: Readable
  readonly label: string
  readonly kind: Compression
}

async function spool(at: Layout, packed: Packed, signal: AbortSignal): Promise<ArchiveFiles> {
  const { createGunzip, createZstdDecompress } = await import('node:zlib')
  const path = paths.stagedFile(at, newId())
  const decompress = packed.kind === 'gzip' ? createGunzip() : createZstdDecompress()
  try {
    await pipeline(packed.stream, decompress, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal })
    return openTarFiles(path, packed.label)
  } finally {
    removeFile(path)
  }
}

function unsupported(path: string, kind: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'archive-compression',
    message: `'${path}' is compressed with ${kind}`,
    hint: `Unpack it first: un${kind} '${path}'`,
  })
}
