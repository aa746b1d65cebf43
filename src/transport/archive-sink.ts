// Where `save` writes: a tar stream or a folder, one named file after another.

import { once } from 'node:events'
import { createWriteStream, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { makeFolders } from '../os/make-folders.ts'

export interface ArchiveFile {
  readonly name: string
  /** Exactly what `content` gives. */
  readonly size: number
  readonly content: AsyncIterable<Uint8Array>
}

export interface ArchiveSink {
  add(file: ArchiveFile): Promise<void>
  /** A file whose size nobody knows before all of it has come. Absent where the size must be said first. */
  addMeasured?(file: Omit<ArchiveFile, 'size'>): Promise<void>
  /** A folder of its own, as some readers want it, for files before or after it. */
  addFolder(name: string): Promise<void>
  /** A symbolic link. */
  addLink(name: string, target: string): Promise<void>
  finish(): Promise<void>
}

const blockBytes = 512

/** Writes over what is there already. */
export type Patch = (bytes: Uint8Array, position: number) => void

/** A ustar archive; times and owners are zero, so that the same images give the same bytes. `out` stays open; `patch` is for one that can be sought in. */
export function tarSink(out: Writable, patch?: Patch): ArchiveSink {
  let position = 0
  const write = async (chunk: Uint8Array) => {
    if (out.errored !== null) throw out.errored
    position += chunk.length
    if (!out.write(chunk)) await drained(out)
  }
  return {
    ...(patch === undefined
      ? {}
      : { addMeasured: async (file) => addMeasured({ out, write, patch, at: position }, file) }),
    add: async (file) => {
      await write(tarHeader(file.name, file.size))
      let written = 0
      for await (const chunk of file.content) {
        written += chunk.length
        await write(chunk)
      }
      if (written !== file.size) throw new Error(`${file.name}: ${written} bytes where ${file.size} were announced`)
      const padding = (blockBytes - (written % blockBytes)) % blockBytes
      if (padding > 0) await write(Buffer.alloc(padding))
    },
    addFolder: async (name) => write(tarHeader(`${name}/`, 0, { type: '5', mode: '0000755\0' })),
    addLink: async (name, target) => write(tarHeader(name, 0, { type: '2', target })),
    finish: async () => write(Buffer.alloc(2 * blockBytes)),
  }
}

/** A peer that hangs up ends the wait as well: an HTTP request is then closed without an error of its own. @throws EPIPE */
async function drained(out: Writable): Promise<void> {
  const waiting = new AbortController()
  const { signal } = waiting
  const closed = async () => {
    if (!out.destroyed) await once(out, 'close', { signal })
    throw out.errored ?? Object.assign(new Error('the reader has closed'), { code: 'EPIPE' })
  }
  try {
    await Promise.race([once(out, 'drain', { signal }), closed()])
  } finally {
    waiting.abort()
  }
}

interface Seekable {
  readonly out: Writable
  readonly write: (chunk: Uint8Array) => Promise<void>
  readonly patch: Patch
  /** Where the file begins. */
  readonly at: number
}

async function addMeasured({ out, write, patch, at }: Seekable, file: Omit<ArchiveFile, 'size'>): Promise<void> {
  await write(Buffer.alloc(blockBytes))
  let size = 0
  for await (const chunk of file.content) {
    size += chunk.length
    await write(chunk)
  }
  await write(Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes))
  await new Promise<void>((done, fail) => {
    out.write(Buffer.alloc(0), (error) => (error ? fail(error) : done()))
  })
  patch(tarHeader(file.name, size), at)
}

/** `folder` must exist. */
export function folderSink(folder: string): ArchiveSink {
  return {
    add: async (file) => {
      const path = join(folder, file.name)
      makeFolders(dirname(path))
      await pipeline(Readable.from(file.content), createWriteStream(path, { flags: 'wx' }))
    },
    addFolder: async (name) => {
      makeFolders(join(folder, name))
    },
    addLink: async (name, target) => {
      makeFolders(dirname(join(folder, name)))
      symlinkSync(target, join(folder, name))
    },
    finish: async () => undefined,
  }
}

export async function addBytes(sink: ArchiveSink, name: string, content: Uint8Array | string): Promise<void> {
  const bytes = Buffer.from(content)
  await sink.add({ name, size: bytes.length, content: oneChunk(bytes) })
}

export async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

interface EntryKind {
  readonly type: '2' | '5'
  readonly mode?: string
  readonly target?: string
}

/** Names are ours: digests and fixed words, never longer than the field. */
function tarHeader(name: string, size: number, kind?: EntryKind): Buffer {
  const header = Buffer.alloc(blockBytes)
  header.write(name, 0, 100, 'utf8')
  header.write(kind?.mode ?? '0000644\0', 100, 'latin1')
  header.write('0000000\0', 108, 'latin1')
  header.write('0000000\0', 116, 'latin1')
  writeSize(header, size)
  header.write('00000000000\0', 136, 'latin1')
  header.write('        ', 148, 'latin1')
  header.write(kind?.type ?? '0', 156, 'latin1')
  header.write(kind?.target ?? '', 157, 100, 'utf8')
  header.write('ustar\x0000', 257, 'latin1')
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

/** From 8 GiB on in base 256, as GNU tar writes it. */
function writeSize(header: Buffer, size: number): void {
  if (size < 8 ** 11) {
    header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
    return
  }
  header.writeUInt8(0x80, 124)
  header.writeBigUInt64BE(BigInt(size), 128)
}
