// Images of our store → docker-archive, docker-dir, oci-archive, oci-dir.

import { digestAlgorithm, digestHex, digestOf } from '../base/digest.ts'
import { maxConfigBytes } from '../image/config.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { isDockerType, manifestLimits, mediaTypes, parseManifest } from '../image/manifest.ts'
import type { ImageRecord, LayerRef } from '../image/record.ts'
import type { Layout } from '../state/layout.ts'
import { type ArchiveSink, addBytes } from './archive-sink.ts'
import { openBlobStream, readSmallBlob } from './blob-store.ts'
import { manifestFor } from './docker-archive.ts'
import { type ArchivedImage, configFile, finishDockerArchive, layerFile } from './docker-archive-index.ts'
import { gzippedLayer } from './gzip-layer.ts'
import { blobFolders, refNameAnnotation } from './oci-layout.ts'
import { plainContent, plainLayer } from './plain-layer.ts'

export interface SavedImage {
  readonly record: ImageRecord
  /** Tags to write: full references. */
  readonly names: readonly string[]
}

/** `docker save`: uncompressed layers, each once. `finish` is called. @throws corrupt `blob-missing`, `blob-damaged` */
export async function writeDockerArchive(at: Layout, images: readonly SavedImage[], sink: ArchiveSink): Promise<void> {
  const written = new Set<string>()
  const addOnce = async (name: string, add: () => Promise<void>) => {
    if (written.has(name)) return
    written.add(name)
    await add()
  }
  const archived: ArchivedImage[] = []
  for (const { record, names } of images) {
    for (const layer of record.layers) {
      const name = layerFile(layer.diffId)
      await addOnce(name, async () => {
        if (sink.addMeasured !== undefined) return sink.addMeasured({ name, content: plainContent(at, layer) })
        const plain = await plainLayer(at, layer)
        await sink.add({ name, size: plain.size, content: plain.open() })
      })
    }
    const config = readSmallBlob(at, record.configDigest, maxConfigBytes)
    await addOnce(configFile(record.configDigest), async () => addBytes(sink, configFile(record.configDigest), config))
    archived.push({
      config,
      configDigest: record.configDigest,
      diffIds: record.layers.map(({ diffId }) => diffId),
      names,
    })
  }
  await finishDockerArchive(sink, archived)
}

export interface DirectoryOptions {
  readonly sink: ArchiveSink
  /** Plain layers are gzipped. */
  readonly isCompressed: boolean
  readonly signal: AbortSignal
}

/** skopeo's `dir:` with a v2s2 manifest; the one that is stored where it needs no change. */
export async function writeDirectory(at: Layout, image: SavedImage, options: DirectoryOptions): Promise<void> {
  const { record } = image
  const { sink } = options
  const config = readSmallBlob(at, record.configDigest, maxConfigBytes)
  await addBytes(sink, 'version', Buffer.from('Directory Transport Version: 1.1\n'))
  await addBytes(sink, digestHex(record.configDigest), config)
  const layers = new Map<string, Descriptor>()
  for (const layer of record.layers) {
    if (!layers.has(layer.blob)) layers.set(layer.blob, await addDockerLayer(at, layer, options))
  }
  const descriptors = record.layers.map((layer) => layers.get(layer.blob) as Descriptor)
  const isUnchanged = descriptors.every(({ digest }, at) => digest === record.layers[at]?.blob)
  const own = readSmallBlob(at, record.manifestDigest, manifestLimits.maxBytes)
  const isOwn = isUnchanged && isDockerType(record.manifestType)
  await addBytes(sink, 'manifest.json', isOwn ? own : manifestFor(config, descriptors))
  await sink.finish()
}

/** Docker's formats know plain and gzip. */
async function addDockerLayer(
  at: Layout,
  layer: LayerRef,
  { sink, isCompressed, signal }: DirectoryOptions,
): Promise<Descriptor> {
  const isPlain = layer.blob === layer.diffId
  if (layer.mediaType.endsWith('+zstd') || (isPlain && isCompressed)) {
    using gzipped = await gzippedLayer(at, layer, signal)
    const { digest, size } = gzipped
    await sink.add({ name: digestHex(digest), size, content: gzipped.open() })
    return { mediaType: mediaTypes.dockerLayer, digest, size }
  }
  const mediaType = isPlain ? mediaTypes.dockerPlainLayer : mediaTypes.dockerLayer
  const descriptor = { mediaType, digest: layer.blob, size: layer.blobBytes }
  await sink.add({ name: digestHex(layer.blob), size: layer.blobBytes, content: openBlobStream(at, layer.blob) })
  return descriptor
}

/** An OCI image layout; the manifest as it is stored if it is OCI's, so that its digest is kept. */
export async function writeOciLayout(
  at: Layout,
  image: SavedImage,
  options: { sink: ArchiveSink; isPlain: boolean },
): Promise<void> {
  const { record } = image
  const { sink } = options
  const config = readSmallBlob(at, record.configDigest, maxConfigBytes)
  const layers = await ociLayers(at, record, options.isPlain)
  const manifest = ociManifest(at, record, {
    config,
    layers: layers.map(({ descriptor }) => descriptor),
    isPlain: options.isPlain,
  })
  await addBytes(sink, 'oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'))
  for (const folder of blobFolders) await sink.addFolder(folder)
  for (const { descriptor, content } of new Map(layers.map((layer) => [layer.descriptor.digest, layer])).values()) {
    await sink.add({ name: blobName(descriptor.digest), size: descriptor.size, content: content() })
  }
  await addBytes(sink, blobName(record.configDigest), config)
  await addBytes(sink, blobName(digestOf(manifest)), manifest)
  await addBytes(sink, 'index.json', ociIndex(manifest, image.names))
  await sink.finish()
}

interface OciLayer {
  readonly descriptor: Descriptor
  readonly content: () => AsyncIterable<Uint8Array>
}

async function ociLayers(at: Layout, record: ImageRecord, isPlain: boolean): Promise<OciLayer[]> {
  const layers: OciLayer[] = []
  for (const layer of record.layers) {
    if (isPlain) {
      const plain = await plainLayer(at, layer)
      layers.push({
        descriptor: { mediaType: mediaTypes.ociLayer, digest: layer.diffId, size: plain.size },
        content: () => plain.open(),
      })
    } else {
      const descriptor = { mediaType: ociType(layer.mediaType), digest: layer.blob, size: layer.blobBytes }
      layers.push({ descriptor, content: () => openBlobStream(at, layer.blob) })
    }
  }
  return layers
}

interface ManifestParts {
  readonly config: Uint8Array
  readonly layers: readonly Descriptor[]
  readonly isPlain: boolean
}

function ociManifest(at: Layout, record: ImageRecord, parts: ManifestParts): Buffer {
  const own = readSmallBlob(at, record.manifestDigest, manifestLimits.maxBytes)
  if (record.manifestType === mediaTypes.ociManifest && !parts.isPlain) return own
  const { annotations } = parseManifest(own, record.manifestType)
  const document = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: record.configDigest, size: parts.config.length },
    layers: parts.layers,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }
  return Buffer.from(JSON.stringify(document))
}

function ociIndex(manifest: Uint8Array, names: readonly string[]): Buffer {
  const entry = { mediaType: mediaTypes.ociManifest, digest: digestOf(manifest), size: manifest.length }
  const entries = names.map((name) => ({ ...entry, annotations: { [refNameAnnotation]: name } }))
  return Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: entries.length === 0 ? [entry] : entries }))
}

function ociType(mediaType: string): string {
  if (!isDockerType(mediaType)) return mediaType
  return mediaType === mediaTypes.dockerPlainLayer ? mediaTypes.ociLayer : `${mediaTypes.ociLayer}+gzip`
}

function blobName(digest: Descriptor['digest']): string {
  return `blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`
}
