// Our content store, blobs/<algorithm>/<hex>. A blob gets its name only after its digest and length are right; until then it is
// staging/<hex>.part, which a later attempt resumes.

import { createHash, type Hash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Digest, digestAlgorithm, digestHex, digestOf } from '../base/digest.ts'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { youngGarbage } from '../base/young-garbage.ts'
import { type ArrivingBlob, openArrival } from '../image/arriving-blob.ts'
import { removeFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { type Layout, paths } from '../state/layout.ts'
import { tryAcquireLock } from '../state/lock.ts'
import { openStaged } from '../state/staging.ts'

export interface WantedBlob {
  readonly digest: Digest
  readonly size: number
}

/** Gives the blob's bytes from `offset` on. */
export type OpenBlob = (offset: number) => AsyncIterable<Uint8Array>

export interface StageOptions {
  readonly open: OpenBlob
  readonly onProgress?: (doneBytes: number) => void
  /** The blob begins to come, and may be read meanwhile; whoever is told closes it. Anew for each attempt. */
  readonly onArriving?: (blob: ArrivingBlob) => void
  readonly signal: AbortSignal
}

export function hasBlob(at: Layout, digest: Digest): boolean {
  return blobSize(at, digest) !== undefined
}

export function blobSize(at: Layout, digest: Digest): number | undefined {
  return absentAsUndefined(() => statSync(paths.blob(at, digest)))?.size
}

/** A small blob whole, its digest checked again. @throws corrupt `blob-missing`, `blob-too-large`, `blob-damaged` */
export function readSmallBlob(at: Layout, digest: Digest, maxBytes: number): Buffer {
  const bytes = readTrustedBlob(at, digest, maxBytes)
  checkDigest(bytes, digest)
  return bytes
}

/**
 * As readSmallBlob, but believes the disk: for starting containers, where loading node:crypto would cost a tenth of the whole. Its digest was
 * checked when it came, and is again by `system check`.
 */
export function readTrustedBlob(at: Layout, digest: Digest, maxBytes: number): Buffer {
  const fd = absentAsUndefined(() => openSync(paths.blob(at, digest), 'r'))
  if (fd === undefined) throw missing(digest)
  try {
    const { size } = fstatSync(fd)
    if (size > maxBytes) throw corrupt('blob-too-large', `blob ${digest} has ${size} bytes, more than ${maxBytes}`)
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}

export function openBlobStream(at: Layout, digest: Digest): AsyncIterable<Uint8Array> {
  if (!hasBlob(at, digest)) throw missing(digest)
  return createReadStream(paths.blob(at, digest), { highWaterMark: 1 << 18 })
}

/** Adds a document that lies in memory. Idempotent; not synced: publishing an image syncs the store. */
export function addSmallBlob(at: Layout, bytes: Uint8Array, digest: Digest = digestOf(bytes)): Digest {
  checkDigest(bytes, digest)
  if (blobSize(at, digest) === bytes.length) return digest
  using staged = openStaged(() => paths.stagedFile(at, newId()))
  writeFileSync(staged.fd, bytes)
  publish(at, staged.path, digest)
  return digest
}

/** Makes a staged file of ours the blob that its digest says. Idempotent; not synced. */
export function adoptBlob(at: Layout, path: string, digest: Digest): void {
  publish(at, path, digest)
}

/** Reads the whole blob. False for a missing one, too. */
export async function isBlobIntact(at: Layout, digest: Digest): Promise<boolean> {
  if (!hasBlob(at, digest)) return false
  const hash = createHash(digestAlgorithm(digest))
  for await (const chunk of createReadStream(paths.blob(at, digest), { highWaterMark: 1 << 18 })) hash.update(chunk)
  return hash.digest('hex') === digestHex(digest)
}

/**
 * Brings a blob into the store through its part file, continuing where an earlier attempt ended. Atomic: the blob is there whole
 * or not at all. Whoever finds the part file locked by another process writes one of its own rather than wait for a stranger.
 * @throws corrupt `blob-digest-mismatch`, `blob-size-mismatch`; whatever `open` throws (the part file stays)
 */
export async function stageBlob(at: Layout, blob: WantedBlob, options: StageOptions): Promise<void> {
  await throughPart({ at, blob, options }, (part) => publish(at, part, blob.digest))
}

/** As stageBlob, of what is not to stay: `use` is given the file, whole and right, and ends before it goes. @throws what `use` throws, too */
export async function borrowBlob<T>(
  at: Layout,
  request: { readonly blob: WantedBlob; readonly options: StageOptions },
  use: (path: string) => Promise<T>,
): Promise<T> {
  return throughPart({ at, ...request }, async (part) => {
    const result = await use(part)
    removeFile(part)
    return result
  })
}

interface Staging {
  readonly at: Layout
  readonly blob: WantedBlob
  readonly options: StageOptions
}

async function throughPart<T>({ at, blob, options }: Staging, use: (path: string) => T | Promise<T>): Promise<T> {
  using lock = tryAcquireLock({
    path: paths.blobPartLock(at, blob.digest),
    kind: 'layer',
    label: `blob ${blob.digest}`,
  })
  if (lock?.isCurrent !== true) return await throughFileApart({ at, blob, options }, use)
  const part = paths.blobPart(at, blob.digest)
  try {
    await fillPart(part, blob, options)
    return await use(part)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') removeFile(part)
    throw error
  } finally {
    removeFile(lock.path)
  }
}

async function throughFileApart<T>({ at, blob, options }: Staging, use: (path: string) => T | Promise<T>): Promise<T> {
  using staged = openStaged(() => paths.stagedFile(at, newId()))
  await fillPart(staged.path, blob, options)
  return await use(staged.path)
}

async function fillPart(part: string, blob: WantedBlob, options: StageOptions): Promise<void> {
  await using file = await open(part, 'a+', 0o600)
  const hash = createHash(digestAlgorithm(blob.digest))
  const have = await rehash(file, hash, blob.size)
  options.onProgress?.(have)
  using arrival = options.onArriving && openArrival(part, blob.size)
  if (arrival !== undefined) options.onArriving?.(arrival.blob)
  arrival?.has(have)
  const rest = { file, hash, have, onStored: (bytes: number) => arrival?.has(bytes) }
  const done = have < blob.size || blob.size === 0 ? await appendRest(rest, blob, options) : have
  if (done !== blob.size) throw tooShort(blob, done)
  const actual = hash.digest('hex')
  if (actual !== digestHex(blob.digest)) {
    throw corrupt('blob-digest-mismatch', `blob ${blob.digest} is damaged: what came has digest sha256:${actual}`)
  }
}

interface Part {
  readonly file: FileHandle
  readonly hash: Hash
  readonly have: number
  readonly onStored: (bytes: number) => void
}

/** How much is gathered before it is written: a chunk from the network is 16 to 64 kB. */
const batchBytes = 512 << 10

const passed = youngGarbage()

/** Whatever ends it, what came is in the file: the next attempt continues there. Answers the file's length. */
async function appendRest(
  { file, hash, have, onStored }: Part,
  blob: WantedBlob,
  options: StageOptions,
): Promise<number> {
  let batch: Uint8Array[] = []
  let [done, written] = [have, have]
  const write = async () => {
    await writeAll(file, batch)
    batch = []
    written = done
    onStored(done)
  }
  try {
    for await (const chunk of options.open(have)) {
      if (done + chunk.length > blob.size) throw corrupt('blob-size-mismatch', tooLong(blob))
      hash.update(chunk)
      batch.push(chunk)
      done += chunk.length
      passed(chunk.length)
      if (done - written >= batchBytes) {
        options.signal.throwIfAborted()
        await write()
      }
      options.onProgress?.(done)
    }
  } finally {
    await write()
  }
  return done
}

async function writeAll(file: FileHandle, batch: readonly Uint8Array[]): Promise<void> {
  const total = batch.reduce((sum, { length }) => sum + length, 0)
  if (total === 0) return
  const { bytesWritten } = await file.writev(batch)
  // Short only where the disk is full, or nearly: then once more, for the reason.
  if (bytesWritten < total) await file.writeFile(Buffer.concat(batch).subarray(bytesWritten))
}

/** Feeds what an earlier attempt left into the hash; an overlong part is worthless and starts anew. */
async function rehash(file: FileHandle, hash: Hash, size: number): Promise<number> {
  const { size: have } = await file.stat()
  if (have > size) {
    await file.truncate(0)
    return 0
  }
  const buffer = Buffer.allocUnsafe(1 << 18)
  let done = 0
  while (done < have) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, done)
    if (bytesRead === 0) break
    hash.update(buffer.subarray(0, bytesRead))
    done += bytesRead
  }
  return done
}

function publish(at: Layout, from: string, digest: Digest): void {
  makeFolders(paths.blobs(at, digestAlgorithm(digest)), 0o700)
  renameSync(from, paths.blob(at, digest))
}

function checkDigest(bytes: Uint8Array, digest: Digest): void {
  const actual = createHash(digestAlgorithm(digest)).update(bytes).digest('hex')
  if (actual === digestHex(digest)) return
  throw corrupt('blob-damaged', `blob ${digest} is damaged: its content has another digest`)
}

function missing(digest: Digest): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'blob-missing',
    message: `blob ${digest} is not in the store`,
    hint: 'Pull or load the image again.',
  })
}

function tooLong(blob: WantedBlob): string {
  return `blob ${blob.digest} is longer than the ${blob.size} bytes that its manifest says`
}

function tooShort(blob: WantedBlob, done: number): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'blob-too-short',
    message: `blob ${blob.digest} ended after ${done} of ${blob.size} bytes`,
  })
}

function corrupt(code: string, message: string): EngineError {
  return new EngineError({ kind: 'corrupt', code, message })
}
