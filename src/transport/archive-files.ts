// A folder or a tar archive as a set of named files, so that each image format is read by one reader whatever it is packed in.
// An archive is indexed once by its headers; members are then read at their offsets, in any order, also in parallel.

import { closeSync, constants, createReadStream, fstatSync, openSync, read, readSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { absentAsUndefined, EngineError, invalid } from '../base/errors.ts'
import { indexTar, type TarMember } from './tar-index.ts'

export interface ArchiveFiles extends Disposable {
  /** What messages call it. */
  readonly label: string
  readonly isFolder: boolean
  has(name: string): boolean
  size(name: string): number | undefined
  /** @throws corrupt `archive-member-missing` */
  stream(name: string, offset?: number): AsyncIterable<Uint8Array>
  /** @throws corrupt `archive-member-missing`, `archive-member-too-large` */
  readSmall(name: string, maxBytes: number): Buffer
}

const chunkBytes = 1 << 18
const readAsync = promisify(read)

/** @throws not-found, invalid `archive-malformed` */
export function openTarFiles(path: string): ArchiveFiles {
  return tarFilesOf(openExisting(path), path)
}

/** Owns `fd` from now on, also when it throws. @throws invalid `archive-malformed` */
export function tarFilesOf(fd: number, label: string): ArchiveFiles {
  const members = indexOrClose(fd, label)
  return {
    label,
    isFolder: false,
    has: (name) => find(members, name) !== undefined,
    size: (name) => find(members, name)?.size,
    stream: (name, offset = 0) => {
      const member = find(members, name) ?? missing(label, name)
      return readRange(fd, member.offset + offset, member.offset + member.size)
    },
    readSmall: (name, maxBytes) => {
      const member = find(members, name) ?? missing(label, name)
      if (member.size > maxBytes) throw tooLarge(label, name)
      return readAt(fd, member)
    },
    [Symbol.dispose]: () => closeSync(fd),
  }
}

export function openFolderFiles(folder: string): ArchiveFiles {
  const sizeOf = (name: string) => absentAsUndefined(() => statInside(folder, name))
  return {
    label: folder,
    isFolder: true,
    has: (name) => sizeOf(name) !== undefined,
    size: sizeOf,
    stream: (name, offset = 0) => {
      if (sizeOf(name) === undefined) missing(folder, name)
      return createReadStream(inside(folder, name), { start: offset, highWaterMark: chunkBytes })
    },
    readSmall: (name, maxBytes) => {
      const size = sizeOf(name)
      if (size === undefined) missing(folder, name)
      if (size > maxBytes) throw tooLarge(folder, name)
      const fd = openSync(inside(folder, name), 'r')
      try {
        return readAt(fd, { offset: 0, size })
      } finally {
        closeSync(fd)
      }
    },
    [Symbol.dispose]: () => undefined,
  }
}

function openExisting(path: string): number {
  const fd = absentAsUndefined(() => openSync(path, 'r'))
  if (fd !== undefined) return fd
  throw new EngineError({
    kind: 'not-found',
    code: 'archive-missing',
    message: `open ${path}: no such file or directory`,
  })
}

function indexOrClose(fd: number, label: string): Map<string, TarMember> {
  try {
    return indexTar(fd, label)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** docker writes layers also as links to an earlier member: followed once per hop, eight hops at most. */
function find(members: Map<string, TarMember>, name: string): TarMember | undefined {
  let member = members.get(name.replace(/^(\.?\/)+/, ''))
  for (let hops = 0; member?.link !== undefined && hops < 8; hops++) member = members.get(member.link)
  return member?.link === undefined ? member : undefined
}

function inside(folder: string, name: string): string {
  if (name.split('/').some((part) => part === '..') || name.startsWith('/')) {
    throw invalid('archive-malformed', `'${name}' leads out of '${folder}'`)
  }
  return join(folder, name)
}

function statInside(folder: string, name: string): number | undefined {
  // A pipe would wait for its writer.
  const fd = openSync(inside(folder, name), constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(fd)
    return stat.isFile() ? stat.size : undefined
  } finally {
    closeSync(fd)
  }
}

function readAt(fd: number, member: { offset: number; size: number }): Buffer {
  const bytes = Buffer.alloc(member.size)
  let done = 0
  while (done < member.size) {
    const read = readSync(fd, bytes, done, member.size - done, member.offset + done)
    if (read === 0) break
    done += read
  }
  return bytes.subarray(0, done)
}

/** Not createReadStream: its end would close the descriptor that all members share. */
async function* readRange(fd: number, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; ) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, to - at))
    const { bytesRead } = await readAsync(fd, buffer, 0, buffer.length, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}

function missing(label: string, name: string): never {
  throw new EngineError({
    kind: 'corrupt',
    code: 'archive-member-missing',
    message: `'${label}' has no file '${name.slice(0, 200)}'`,
  })
}

function tooLarge(label: string, name: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'archive-member-too-large',
    message: `file '${name.slice(0, 200)}' in '${label}' is too large`,
  })
}
