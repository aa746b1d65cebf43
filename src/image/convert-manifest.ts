// A manifest with other layers, or in the other format: OCI's or Docker's schema 2. Pure. What needs no change keeps its bytes, and so
// its digest; the config keeps its bytes always, and so the image its id.

import { isObject, parseBoundedJson } from './bounded-json.ts'
import type { Descriptor } from './descriptor.ts'
import { areOpenedAlike } from './encrypted-layer.ts'
import { type ImageManifest, isDockerType, manifestLimits, mediaTypes } from './manifest.ts'

export const manifestFormats = ['oci', 'v2s2'] as const
export type ManifestFormat = (typeof manifestFormats)[number]

export type LayerCodec = 'plain' | 'gzip' | 'zstd'

export interface ManifestChange {
  readonly format: ManifestFormat
  /** As many as it had, with media types of any format. */
  readonly layers: readonly Descriptor[]
}

export function formatOf(mediaType: string): ManifestFormat {
  return isDockerType(mediaType) ? 'v2s2' : 'oci'
}

export function manifestTypeOf(format: ManifestFormat): string {
  return format === 'oci' ? mediaTypes.ociManifest : mediaTypes.dockerManifest
}

/** What the media type says; a type that nobody knows counts as gzip, which is never touched. */
export function codecOf(mediaType: string): LayerCodec {
  if (mediaType.endsWith('+zstd')) return 'zstd'
  return mediaType === mediaTypes.dockerPlainLayer || mediaType.endsWith('.tar') ? 'plain' : 'gzip'
}

export function convertManifest(bytes: Uint8Array, manifest: ImageManifest, change: ManifestChange): Uint8Array {
  const isSameFormat = formatOf(manifest.mediaType) === change.format
  const areSameLayers = change.layers.every((layer, at) => {
    const own = manifest.layers[at]
    return layer.digest === own?.digest && layer.mediaType === own.mediaType && areOpenedAlike(layer, own)
  })
  if (isSameFormat && areSameLayers) return bytes
  const layers = change.layers.map((layer) => descriptorIn(change.format, layer))
  if (isSameFormat) return withLayers(bytes, layers)
  const { digest, size } = manifest.config
  const config = { mediaType: change.format === 'oci' ? mediaTypes.ociConfig : mediaTypes.dockerConfig, digest, size }
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: manifestTypeOf(change.format), config, layers }))
}

export interface EntryChange {
  readonly from: string
  /** Annotations take the place of the entry's. */
  readonly to: Descriptor
  /** The entry stays; this one, like it in all else, is put at the end. */
  readonly isAdded?: boolean
}

/** An index whose entries have other digests, lengths and types, and more of them; an index of another format where the entries are. */
export function convertIndex(bytes: Uint8Array, mediaType: string, changes: readonly EntryChange[]): Uint8Array {
  if (changes.every(({ from, to, isAdded }) => isAdded !== true && from === to.digest)) return bytes
  const document = parseBoundedJson(bytes, { what: 'index', maxBytes: manifestLimits.maxBytes })
  const entries: unknown[] = Array.isArray(document['manifests']) ? document['manifests'] : []
  const changed = entries.map((entry) => {
    const change = changes.find(({ from, isAdded }) => isAdded !== true && isEntry(entry, from))
    return change === undefined ? entry : changedEntry(entry, change.to)
  })
  const added = changes.flatMap(({ from, to, isAdded }) =>
    isAdded === true
      ? [
          changedEntry(
            entries.find((entry) => isEntry(entry, from)),
            to,
          ),
        ]
      : [],
  )
  return Buffer.from(JSON.stringify({ ...document, mediaType, manifests: [...changed, ...added] }))
}

function isEntry(entry: unknown, digest: string): boolean {
  return isObject(entry) && entry['digest'] === digest
}

function changedEntry(entry: unknown, { mediaType, digest, size, annotations }: Descriptor): object {
  const changed = { ...(entry as object), mediaType, digest, size }
  if (annotations === undefined) return changed
  return { ...changed, annotations: Object.keys(annotations).length === 0 ? undefined : annotations }
}

/** Everything else in the document stays: annotations, and what later versions of the format know. */
function withLayers(bytes: Uint8Array, layers: readonly Descriptor[]): Uint8Array {
  const document = parseBoundedJson(bytes, { what: 'manifest', maxBytes: manifestLimits.maxBytes })
  return Buffer.from(JSON.stringify({ ...document, layers }))
}

function descriptorIn(format: ManifestFormat, layer: Descriptor): Descriptor {
  const { digest, size, annotations } = layer
  const mediaType = layerTypeIn(format, layer.mediaType)
  return { mediaType, digest, size, ...(format === 'oci' && annotations !== undefined ? { annotations } : {}) }
}

function layerTypeIn(format: ManifestFormat, mediaType: string): string {
  if (formatOf(mediaType) === format) return mediaType
  const codec = codecOf(mediaType)
  if (format === 'oci') return codec === 'plain' ? mediaTypes.ociLayer : `${mediaTypes.ociLayer}+${codec}`
  return codec === 'plain' ? mediaTypes.dockerPlainLayer : mediaTypes.dockerLayer
}
