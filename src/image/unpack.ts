// Unpacks one layer's stream into a folder that nobody else sees yet, and proves its diff id. Nothing that the stream says
// leads out of the folder; whoever called removes the folder when this throws.

import { createHash } from 'node:crypto'
import { closeSync, constants, ftruncateSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { type Digest, digestAlgorithm } from '../base/digest.ts'
import { EngineError, errnoOf } from '../base/errors.ts'
import { writeSparsely } from '../os/sparse-file.ts'
import { asCorrupt } from './decompress.ts'
import { shownName, type TarEntry } from './tar-entry.ts'
import { createTarReader, type TarHandler } from './tar-reader.ts'
import { applyTime } from './unpack-attributes.ts'
import { finishFile, type MissingLink, makeEntry, type OpenFile, type Unpacking } from './unpack-entry.ts'
import { createFolderCache } from './unpack-folders.ts'
import { overLimit, type UnpackLimits } from './unpack-limits.ts'
import { nativeName } from './unpack-name.ts'
import { ownerRules } from './unpack-owner.ts'
import type { WhiteoutStyle } from './whiteout.ts'

export interface UnpackRequest {
  /** Exists and is empty, but where whiteouts mean nothing. */
  readonly folder: string
  readonly whiteouts: WhiteoutStyle
  readonly limits: UnpackLimits
  /** What the content must be; anything, where it is not said. */
  readonly diffId?: Digest
}

export interface UnpackResult {
  /** Content bytes of the files, holes not counted. */
  readonly sizeBytes: number
  readonly files: number
  /** Folders that the archive uses without describing them: lower layers do. Byte strings; '' is the root. */
  readonly impliedFolders: readonly string[]
  readonly missingLinks: readonly MissingLink[]
  /** The root itself is opaque: lower layers count for nothing. */
  readonly isRootOpaque: boolean
}

/** Called for each chunk with its uncompressed bytes; throws to stop. */
export type Checkpoint = (bytes: number) => void

interface Progress {
  file: OpenFile | undefined
  entry: TarEntry | undefined
  /** How far the current file is written. */
  position: number
  sizeBytes: number
  files: number
}

/**
 * @param stream the uncompressed tar
 * @throws invalid (`tar-…`, `layer-…`), corrupt (`layer-corrupt`, `layer-digest-mismatch`), denied `layer-owner-unmapped`,
 * unavailable `disk-full`
 */
export async function unpackStream(
  stream: Readable,
  request: UnpackRequest,
  checkpoint: Checkpoint,
): Promise<UnpackResult> {
  const rootFd = openSync(request.folder, constants.O_RDONLY | constants.O_DIRECTORY)
  const progress: Progress = { file: undefined, entry: undefined, position: 0, sizeBytes: 0, files: 0 }
  const implied: string[] = []
  try {
    using folders = createFolderCache(rootFd, (path) => implied.push(path))
    const to = startUnpacking(request, folders)
    await consumeStream(stream, { to, progress, request, checkpoint })
    applyFolderTimes(to)
    return {
      sizeBytes: progress.sizeBytes,
      files: progress.files,
      impliedFolders: ['', ...implied].filter((path) => !to.folderTimes.has(path)),
      missingLinks: to.missingLinks,
      isRootOpaque: to.isRootOpaque,
    }
  } catch (error) {
    throw explain(asCorrupt(error), progress.entry)
  } finally {
    if (progress.file !== undefined) closeSync(progress.file.fd)
    closeSync(rootFd)
  }
}

function startUnpacking(request: UnpackRequest, folders: Unpacking['folders']): Unpacking {
  return {
    folders,
    whiteouts: request.whiteouts,
    limits: request.limits,
    rules: ownerRules(),
    folderTimes: new Map(),
    missingLinks: [],
    isRootOpaque: false,
  }
}

interface Work {
  readonly to: Unpacking
  readonly progress: Progress
  readonly request: UnpackRequest
  readonly checkpoint: Checkpoint
}

async function consumeStream(stream: Readable, work: Work): Promise<void> {
  const { request, progress } = work
  const { diffId } = request
  const hash = diffId === undefined ? undefined : createHash(digestAlgorithm(diffId))
  const reader = createTarReader(handlerFor(work))
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    work.checkpoint(chunk.length)
    bytes += chunk.length
    if (bytes > request.limits.totalBytes) throw overLimit(`unpacks to more than ${request.limits.totalBytes} bytes`)
    hash?.update(chunk)
    reader.write(chunk)
  }
  reader.end()
  progress.entry = undefined
  if (diffId === undefined || hash === undefined) return
  const found = `${digestAlgorithm(diffId)}:${hash.digest('hex')}`
  if (found !== diffId) throw wrongDigest(diffId, found)
}

function handlerFor({ to, progress, request }: Work): TarHandler {
  return {
    entry(entry) {
      progress.entry = entry
      progress.position = 0
      progress.files++
      if (progress.files > request.limits.entries) throw overLimit(`holds more than ${request.limits.entries} members`)
      if (entry.size > request.limits.fileBytes) throw overLimit(`holds a file of ${entry.size} bytes`)
      progress.file = makeEntry(to, entry)
    },
    data(chunk, position) {
      if (progress.file === undefined) return
      progress.sizeBytes += chunk.length
      if (writeSparsely(progress.file.fd, chunk, position)) progress.position = position + chunk.length
    },
    endEntry() {
      const file = progress.file
      if (file === undefined) return
      // A hole at the end is written by nobody.
      if (progress.position < file.entry.size) ftruncateSync(file.fd, file.entry.size)
      progress.file = undefined
      finishFile(to, file)
    },
  }
}

function applyFolderTimes({ folders, folderTimes }: Unpacking): void {
  folders.forget()
  folders.settle()
  for (const [path, mtimeNs] of folderTimes) {
    const components = path === '' ? [] : path.split('/')
    const parent = findOrSkip(folders, components.slice(0, -1))
    if (parent !== undefined) applyTime({ fd: parent, name: nativeName(components.at(-1) ?? '.') }, mtimeNs)
  }
}

/** A folder that a later member replaced by something else has no time to set. */
function findOrSkip(folders: Unpacking['folders'], components: readonly string[]): number | undefined {
  try {
    return folders.find(components)
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}

function wrongDigest(wanted: Digest, found: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'layer-digest-mismatch',
    message: `the layer's content is ${found}, but its image says ${wanted}`,
  })
}

const limitErrnos = new Set([
  'ENAMETOOLONG',
  'EMLINK',
  'EFBIG',
  'ELOOP',
  'EINVAL',
  'ENOTDIR',
  'ENOENT',
  'EISDIR',
  'EEXIST',
  'ENXIO',
])

/** A failed system call, told by the member that it failed for. */
function explain(error: unknown, entry: TarEntry | undefined): unknown {
  const errno = errnoOf(error)
  if (error instanceof EngineError || errno === undefined) return error
  const isFull = errno === 'ENOSPC' || errno === 'EDQUOT'
  const where = entry === undefined ? 'the layer' : `'${shownName(entry.name)}' of the layer`
  return new EngineError({
    kind: limitErrnos.has(errno) ? 'invalid' : 'unavailable',
    code: isFull ? 'disk-full' : 'layer-unpack-failed',
    message: `cannot unpack ${where}: ${isFull ? 'no space left on device' : (error as Error).message}`,
    cause: error,
  })
}
