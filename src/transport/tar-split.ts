// A layer's tar as it was, byte for byte, from an unpacked tree and tar-split's account of it: JSON lines, gzipped, each of which holds
// a piece of the tar, or names a file whose content belongs there.

import { closeSync, constants, createReadStream, fstatSync, openSync, read as readWithCallback } from 'node:fs'
import { promisify } from 'node:util'
import { createGunzip } from 'node:zlib'
import { EngineError, errnoOf } from '../base/errors.ts'
import { wholeLines } from '../base/whole-lines.ts'
import { isObject } from '../image/bounded-json.ts'
import { native, resolveFlags } from '../os/native.ts'

export interface SplitLayer {
  /** Of the account. */
  readonly path: string
  /** The tree. */
  readonly folder: string
}

const chunkBytes = 1 << 18
const readAt = promisify(readWithCallback)

/** No link in the tree leads out of it. The digest is the caller's to check. @throws corrupt `layer-damaged` */
export async function* joinLayer(layer: SplitLayer): AsyncGenerator<Uint8Array> {
  const folder = openSync(layer.folder, constants.O_DIRECTORY | constants.O_RDONLY)
  try {
    for await (const entry of entriesOf(layer)) {
      if (entry.kind === 'piece') yield entry.bytes
      else if (entry.size > 0) yield* contentOf(layer, folder, entry)
    }
  } finally {
    closeSync(folder)
  }
}

type Entry =
  | { readonly kind: 'piece'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly name: Buffer; readonly size: number }

async function* entriesOf({ path }: SplitLayer): AsyncGenerator<Entry> {
  for await (const text of linesOf(path)) {
    for (const line of text.split('\n')) if (line !== '') yield parseEntry(path, line)
  }
}

/** Some whole lines at a time. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const lines = wholeLines()
  const stream = createReadStream(path, { highWaterMark: chunkBytes })
  const plain = stream.pipe(createGunzip({ chunkSize: chunkBytes }))
  stream.on('error', (error) => plain.destroy(error))
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) yield lines.push(chunk).toString('utf8')
  } catch (error) {
    throw damaged(`'${path}' cannot be read`, error)
  }
  if (lines.rest().length > 0) throw damaged(`'${path}' ends inside a line`)
}

/** A name that is not UTF-8 stands in `name_raw`. */
function parseEntry(path: string, line: string): Entry {
  const { type, name, name_raw: raw, size = 0, payload } = parseLine(path, line)
  if (type === 2 && typeof payload === 'string') return { kind: 'piece', bytes: Buffer.from(payload, 'base64') }
  const bytes = typeof raw === 'string' ? Buffer.from(raw, 'base64') : Buffer.from(typeof name === 'string' ? name : '')
  if (type === 1 && typeof size === 'number' && Number.isSafeInteger(size)) return { kind: 'file', name: bytes, size }
  throw damaged(`'${path}' has an entry that is neither a piece nor a file`)
}

function parseLine(path: string, line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    if (isObject(value)) return value
  } catch (error) {
    throw damaged(`'${path}' is not tar-split's`, error)
  }
  throw damaged(`'${path}' is not tar-split's`)
}

async function* contentOf(
  { folder: root }: SplitLayer,
  folder: number,
  { name, size }: Extract<Entry, { kind: 'file' }>,
): AsyncGenerator<Uint8Array> {
  const fd = openInside(root, folder, name)
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile() || stat.size !== size) throw damaged(`'${root}/${name.toString()}' is not what it was`)
    for (let at = 0; at < size; ) {
      const { bytesRead, buffer } = await readAt(fd, Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at)
      if (bytesRead === 0) throw damaged(`'${root}/${name.toString()}' was cut off`)
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    closeSync(fd)
  }
}

/** O_NONBLOCK: a pipe in a file's place does not hold us. */
function openInside(root: string, folder: number, name: Buffer): number {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW
  try {
    return native().openat2(folder, name, { flags, resolve: resolveFlags.inRoot | resolveFlags.noMagicLinks })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ELOOP') throw error
    throw damaged(`'${root}/${name.toString()}' is missing`, error)
  }
}

function damaged(message: string, cause?: unknown): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'layer-damaged',
    message: `a layer of podman's is damaged: ${message}`,
    cause,
  })
}
