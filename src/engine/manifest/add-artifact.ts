// manifest add --artifact: files as an artifact (OCI image spec, "Guidelines for Artifact Usage") that the list keeps in the store.

import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { type Digest, digestOf } from '../../base/digest.ts'
import { errnoOf, errorReason, invalid } from '../../base/errors.ts'
import type { Descriptor, PlatformDescriptor } from '../../image/descriptor.ts'
import { annotateEntry, type EntryNotes, putEntries } from '../../image/edit-manifest-list.ts'
import { manifestLimits, mediaTypes } from '../../image/manifest.ts'
import type { ListEntry } from '../../image/manifest-list.ts'
import { mediaTypeOfFile, sniffedBytes } from '../../image/media-type-of-file.ts'
import { addSmallBlob, stageBlob } from '../../transport/blob-store.ts'
import { syncStore } from '../../transport/image-store.ts'
import { pinContent } from '../../transport/pin.ts'
import type { Engine } from '../engine.ts'
import { readDescriptor } from './annotate.ts'
import { changeList, findList } from './find-list.ts'

export interface ArtifactToAdd {
  readonly files: readonly string[]
  /** Empty for none. */
  readonly type: string
  readonly configFile?: string
  readonly configType?: string
  /** In place of what each file seems to be. */
  readonly layerType?: string
  readonly hasTitles: boolean
  /** An image that the artifact is about. */
  readonly subject?: string
  readonly notes: EntryNotes
}

const titleAnnotation = 'org.opencontainers.image.title'

/** Answers the list's id. The files are copied into the store. @throws not-found `image-unknown`; invalid `image-no-list`, `file-unreadable` */
export async function addArtifact(engine: Engine, text: string, wanted: ArtifactToAdd): Promise<string> {
  await findList(engine, text)
  const subject = wanted.subject === undefined ? undefined : await readDescriptor(engine, wanted.subject)
  const files = await Promise.all(wanted.files.map(async (path) => describeFile(path, wanted)))
  const config = readConfig(wanted)
  const manifest = manifestOf(wanted, { config, layers: files.map(({ layer }) => layer), subject })
  const documents = [manifest, config.bytes]
  const blobs = [...documents.map((bytes) => digestOf(bytes)), ...files.map(({ layer }) => layer.digest)]
  using _pin = await pinContent(engine.at, { blobs, layers: [] }, engine.patience)
  for (const { path, layer } of files) {
    const read = (start: number) => createReadStream(path, { start })
    await stageBlob(engine.at, layer, { open: read, signal: engine.signal })
  }
  for (const bytes of documents) addSmallBlob(engine.at, bytes)
  syncStore(engine.at)
  const paths = [...(wanted.configFile === undefined ? [] : [wanted.configFile]), ...wanted.files]
  const entry: ListEntry = {
    ...{ mediaType: mediaTypes.ociManifest, digest: digestOf(manifest), size: manifest.length },
    ...(wanted.type === '' ? {} : { artifactType: wanted.type }),
    source: { files: paths.map((path) => resolve(path)), blobs },
  }
  const { id } = await changeList(engine, text, (list) =>
    annotateEntry(putEntries(list, [entry]), entry.digest, wanted.notes),
  )
  return id
}

interface ArtifactFile {
  readonly path: string
  readonly layer: Descriptor
}

async function describeFile(path: string, { layerType, hasTitles }: ArtifactToAdd): Promise<ArtifactFile> {
  try {
    const title = basename(resolve(path))
    const mediaType = layerType ?? mediaTypeOfFile(title, await headOf(path))
    const annotations = hasTitles ? { annotations: { [titleAnnotation]: title } } : {}
    return { path, layer: { mediaType, ...(await measure(path)), ...annotations } }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    throw unreadable(path, error as Error)
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  await using file = await open(path)
  const { bytesRead, buffer } = await file.read(Buffer.alloc(sniffedBytes), 0, sniffedBytes, 0)
  return buffer.subarray(0, bytesRead)
}

async function measure(path: string): Promise<{ digest: Digest; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
    hash.update(chunk)
    size += chunk.length
  }
  return { digest: `sha256:${hash.digest('hex')}` as Digest, size }
}

interface Config {
  readonly bytes: Uint8Array
  readonly mediaType: string
}

/** An empty file is none. */
function readConfig({ configFile, configType }: ArtifactToAdd): Config {
  const given = configFile === undefined ? Buffer.alloc(0) : readSmallFile(configFile)
  if (given.length === 0) return { bytes: Buffer.from('{}'), mediaType: configType ?? mediaTypes.ociEmptyConfig }
  return { bytes: given, mediaType: configType ?? mediaTypes.ociConfig }
}

/** It is written into the manifest. */
function readSmallFile(path: string): Buffer {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw unreadable(path, error as Error)
  }
  if (bytes.length <= manifestLimits.maxBytes / 2) return bytes
  throw invalid('file-unreadable', `'${path}' is no artifact's config: it has ${bytes.length} bytes`)
}

interface Parts {
  readonly config: Config
  readonly layers: readonly Descriptor[]
  readonly subject: PlatformDescriptor | undefined
}

function manifestOf({ type }: ArtifactToAdd, { config, layers, subject }: Parts): Buffer {
  const { bytes, mediaType } = config
  const data = Buffer.from(bytes).toString('base64')
  return Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType: mediaTypes.ociManifest, artifactType: type === '' ? undefined : type },
      config: { mediaType, digest: digestOf(bytes), size: bytes.length, data },
      ...{ layers, subject },
    }),
  )
}

function unreadable(path: string, cause: Error) {
  return invalid('file-unreadable', `reading '${path}': ${errorReason(cause)}`)
}
