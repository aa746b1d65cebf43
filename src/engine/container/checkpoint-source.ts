// Where a checkpoint that left its container lies: a file, or an image's layer. It is read twice: first for what the container is.

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { EngineError, errnoOf, errorReason, invalid } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import { objectName } from '../../base/object-name.ts'
import { parseBoundedJson } from '../../image/bounded-json.ts'
import { asCorrupt, compressionOf, decompress } from '../../image/decompress.ts'
import { manifestLimits, parseManifest } from '../../image/manifest.ts'
import type { ImageRecord } from '../../image/record.ts'
import { createTarReader } from '../../image/tar-reader.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { volumeMounts } from '../../spec/mounts.ts'
import { paths } from '../../state/layout.ts'
import { readSmallBlob } from '../../transport/blob-store.ts'
import type { Engine } from '../engine.ts'
import { findImage } from '../image/resolve.ts'
import { checkpointAnnotation } from './checkpoint-annotations.ts'
import type { ContainerDump } from './pack-checkpoint.ts'

const maxDumpBytes = 4 << 20

export interface CheckpointSource {
  /** What the user named. */
  readonly label: string
  /** Of a tar: plain, gzip or zstd. */
  readonly path: string
}

/** @throws not-found `archive-missing` once it is read */
export function archiveSource(path: string): CheckpointSource {
  return { label: path, path }
}

/** Undefined where no image of that name holds a checkpoint. */
export async function imageSource(engine: Engine, text: string): Promise<CheckpointSource | undefined> {
  const found = await findImage(engine, text)
  if (found === undefined || !isCheckpoint(engine, found.record)) return undefined
  const [layer] = found.record.layers
  return layer === undefined ? undefined : { label: text, path: paths.blob(engine.at, layer.blob) }
}

function isCheckpoint({ at }: Engine, { manifestDigest, manifestType }: ImageRecord): boolean {
  const manifest = parseManifest(readSmallBlob(at, manifestDigest, manifestLimits.maxBytes), manifestType)
  return (manifest.annotations[checkpointAnnotation] ?? '') !== ''
}

/** The uncompressed tar. @throws not-found `archive-missing`; invalid `archive-unreadable` */
export async function openCheckpoint({ path }: CheckpointSource): Promise<Readable> {
  const beginning = createReadStream(path, { end: 7 })
  let first = Buffer.alloc(0)
  try {
    for await (const chunk of beginning as AsyncIterable<Buffer>) first = Buffer.concat([first, chunk])
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      throw invalid('archive-unreadable', `cannot read '${path}': ${errorReason(error)}`)
    }
    const message = `failed to open checkpoint archive ${path} for import: no such file or directory`
    throw new EngineError({ kind: 'not-found', code: 'archive-missing', message })
  }
  return decompress(createReadStream(path, { highWaterMark: 1 << 20 }), compressionOf(first))
}

/** @throws corrupt `checkpoint-unsound` for a tar that is none of ours */
export async function readDump(source: CheckpointSource): Promise<ContainerDump> {
  const stream = await openCheckpoint(source)
  const chunks: Buffer[] = []
  let isWanted = false
  let isFound = false
  const reader = createTarReader({
    entry({ name, size }) {
      isWanted = name.replace(/^\.\//, '') === 'config.dump' && size <= maxDumpBytes
    },
    data(chunk) {
      if (isWanted) chunks.push(Buffer.from(chunk))
    },
    endEntry() {
      isFound ||= isWanted
    },
  })
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      reader.write(chunk)
      if (isFound) break
    }
  } catch (error) {
    throw unsound(source, asCorrupt(error))
  }
  return parseDump(source, Buffer.concat(chunks))
}

/** What is wrong with the tar, told of the archive. */
export function unsound({ label }: CheckpointSource, error: unknown): unknown {
  if (!(error instanceof EngineError) || !/^(?:tar|layer)-/.test(error.code)) return error
  const message = `'${label}' is no sound checkpoint: ${error.message.replace(/^the layer /, 'it ')}`
  return new EngineError({ kind: 'corrupt', code: 'checkpoint-unsound', message, cause: error })
}

/** What becomes part of a path is of its form: an archive may come from anybody. */
function parseDump({ label }: CheckpointSource, bytes: Buffer): ContainerDump {
  const bounds = { what: 'config.dump', maxBytes: maxDumpBytes }
  const dump = bytes.length === 0 ? undefined : (parseBoundedJson(bytes, bounds) as unknown as ContainerDump)
  if (dump !== undefined && isSound(dump)) return dump
  throw new EngineError({
    kind: 'corrupt',
    code: 'checkpoint-unsound',
    message: `'${label}' holds no checkpoint that was exported by Gantry`,
  })
}

function isSound({ id, name, rootfsImageID, gantry }: Partial<ContainerDump>): boolean {
  const isOfImage = rootfsImageID === '' || isId(rootfsImageID)
  return isName(name) && isId(id) && isOfImage && gantry !== undefined && isSoundSpec(gantry.spec ?? {})
}

function isSoundSpec({ mounts, namespaces, network, secrets }: Partial<CompleteSpec>): boolean {
  if (!Array.isArray(mounts?.mounts) || namespaces === undefined) return false
  const names = [
    ...volumeMounts(mounts).map((mount) => mount.name),
    ...(network?.attachments ?? []).map((attachment) => attachment.network),
    ...[...(secrets?.mounts ?? []), ...(secrets?.environment ?? [])].flatMap((secret) => [secret.name, secret.id]),
  ]
  return names.every(isName)
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && isFullId(value)
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && objectName.test(value)
}
