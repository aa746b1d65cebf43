// `docker save` archives (and the same files in a folder): manifest.json lists images, each a config and layer tars. There is no
// manifest inside, so one is made; its layers are named by what their bytes are.

import { createHash } from 'node:crypto'
import { type Digest, digestOf } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import { isObject, parseBoundedJson } from '../image/bounded-json.ts'
import { maxConfigBytes, parseImageConfig } from '../image/config.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { manifestLimits, mediaTypes } from '../image/manifest.ts'
import type { ArchiveFiles } from './archive-files.ts'
import type { ImageSource } from './image-source.ts'

export interface DockerArchiveEntry {
  /** As written in the archive: `busybox:latest`. */
  readonly repoTags: readonly string[]
  readonly configName: string
  readonly layerNames: readonly string[]
}

const maxImages = 1000

export function isDockerArchive(files: ArchiveFiles): boolean {
  return files.has('manifest.json') && !files.has('version')
}

/** @throws corrupt `archive-malformed` */
export function listDockerArchive(files: ArchiveFiles): DockerArchiveEntry[] {
  const bytes = files.readSmall('manifest.json', manifestLimits.maxBytes)
  const wrapped = Buffer.concat([Buffer.from('{"images":'), bytes, Buffer.from('}')])
  const bounds = { what: `manifest.json of '${files.label}'`, maxBytes: manifestLimits.maxBytes + 16 }
  const { images } = parseBoundedJson(wrapped, bounds)
  if (!Array.isArray(images) || images.length > maxImages)
    throw malformed(files, 'manifest.json is not a list of images')
  return images.map((image) => readEntry(files, image))
}

/** One image of the archive; `files` stays the caller's. */
export function dockerArchiveSource(files: ArchiveFiles, entry: DockerArchiveEntry): ImageSource {
  const members = new Map<Digest, string>()
  const build = async () => {
    const config = files.readSmall(entry.configName, maxConfigBytes)
    const layers: Descriptor[] = []
    const { diffIds } = parseImageConfig(config)
    if (diffIds.length !== entry.layerNames.length) throw malformed(files, 'config and manifest.json list other layers')
    for (const [at, name] of entry.layerNames.entries()) {
      const layer = await describeLayer(files, name, diffIds[at] as Digest)
      layers.push(layer)
      members.set(layer.digest, name)
    }
    members.set(digestOf(config), entry.configName)
    return manifestFor(config, layers)
  }
  let built: Promise<Uint8Array> | undefined
  return {
    label: files.label,
    parallelBlobs: 2,
    readManifest: async () => {
      built ??= build()
      return { bytes: await built, mediaType: mediaTypes.dockerManifest }
    },
    openBlob: (blob, offset) => files.stream(members.get(blob.digest) ?? '', offset),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** A Docker v2s2 manifest for these parts. */
export function manifestFor(config: Uint8Array, layers: readonly Descriptor[]): Buffer {
  const document = {
    schemaVersion: 2,
    mediaType: mediaTypes.dockerManifest,
    config: { mediaType: mediaTypes.dockerConfig, size: config.length, digest: digestOf(config) },
    layers: layers.map(({ mediaType, size, digest }) => ({ mediaType, size, digest })),
  }
  return Buffer.from(JSON.stringify(document))
}

function readEntry(files: ArchiveFiles, value: unknown): DockerArchiveEntry {
  if (!isObject(value)) throw malformed(files, 'manifest.json is not a list of images')
  const { Config: config, Layers: layers, RepoTags: tags } = value
  if (typeof config !== 'string' || !isStrings(layers)) throw malformed(files, 'an image has no Config or Layers')
  if (layers.length > manifestLimits.maxLayers) {
    throw malformed(files, `an image has ${layers.length} layers, more than ${manifestLimits.maxLayers}`)
  }
  return { configName: config, layerNames: layers, repoTags: isStrings(tags) ? tags : [] }
}

/** An uncompressed member is named by its diff id and needs no reading now: it is verified when it is stored. */
async function describeLayer(files: ArchiveFiles, name: string, diffId: Digest): Promise<Descriptor> {
  const size = files.size(name)
  if (size === undefined) throw malformed(files, `layer '${name.slice(0, 200)}' is missing`)
  const isCompressed = await startsCompressed(files, name)
  if (!isCompressed) return { mediaType: mediaTypes.dockerPlainLayer, digest: diffId, size }
  const hash = createHash('sha256')
  for await (const chunk of files.stream(name)) hash.update(chunk)
  return { mediaType: mediaTypes.dockerLayer, digest: `sha256:${hash.digest('hex')}` as Digest, size }
}

async function startsCompressed(files: ArchiveFiles, name: string): Promise<boolean> {
  for await (const chunk of files.stream(name)) {
    const magic = Buffer.from(chunk.subarray(0, 4)).toString('hex')
    return magic.startsWith('1f8b') || magic === '28b52ffd' || magic.startsWith('425a68') || magic === 'fd377a58'
  }
  return false
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function malformed(files: ArchiveFiles, reason: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'archive-malformed',
    message: `'${files.label.slice(0, 300)}' is not a usable docker archive: ${reason}`,
  })
}
