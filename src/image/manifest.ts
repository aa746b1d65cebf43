// Manifests and indexes: OCI 1.x and Docker v2 schema 2. What comes in is hostile: sizes, depths and counts are capped here.

import { EngineError } from '../base/errors.ts'
import { isObject, type JsonObject, parseBoundedJson } from './bounded-json.ts'
import {
  type Descriptor,
  type PlatformDescriptor,
  readDescriptor,
  readPlatformDescriptor,
  readStrings,
} from './descriptor.ts'

export const mediaTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  /** Of an artifact that has none. */
  ociEmptyConfig: 'application/vnd.oci.empty.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerPlainLayer: 'application/vnd.docker.image.rootfs.diff.tar',
} as const

/** What we ask registries for, best first. */
export const acceptedManifests: readonly string[] = [
  mediaTypes.ociManifest,
  mediaTypes.dockerManifest,
  mediaTypes.ociIndex,
  mediaTypes.dockerList,
]

export const manifestLimits = { maxBytes: 4 * 1024 * 1024, maxLayers: 500, maxEntries: 5000 } as const

export interface ImageManifest {
  readonly kind: 'manifest'
  readonly mediaType: string
  readonly config: Descriptor
  /** Lowest first. */
  readonly layers: readonly Descriptor[]
  readonly annotations: Readonly<Record<string, string>>
  /** What is no image says so here, or by its config's type. */
  readonly artifactType?: string
}

export interface ImageIndex {
  readonly kind: 'index'
  readonly mediaType: string
  readonly manifests: readonly PlatformDescriptor[]
  readonly annotations: Readonly<Record<string, string>>
  /** What the index is about, where it is attached to something. */
  readonly subject?: PlatformDescriptor
}

/**
 * Reads either kind. `contentType` is what the sender called it; the document's own mediaType and shape must not contradict it
 * (CVE-2021-41190: one document read as two kinds).
 * @throws corrupt `manifest-malformed`; unsupported `manifest-schema-1`, `manifest-artifact`
 */
export function parseManifest(bytes: Uint8Array, contentType?: string): ImageManifest | ImageIndex {
  const parsed = parseAnyManifest(bytes, contentType)
  if (parsed.kind === 'manifest' && !isImageConfig(parsed.config.mediaType)) throw artifact(parsed.config.mediaType)
  return parsed
}

/** An artifact is to be moved as it is. */
export function isArtifact({ artifactType, config }: ImageManifest): boolean {
  return artifactType !== undefined || !isImageConfig(config.mediaType)
}

/** As parseManifest, of artifacts, too. */
export function parseAnyManifest(bytes: Uint8Array, contentType?: string): ImageManifest | ImageIndex {
  const document = parseBoundedJson(bytes, { what: 'manifest', maxBytes: manifestLimits.maxBytes })
  const isIndex = isListOfManifests(document)
  const isManifest = document['config'] !== undefined || Array.isArray(document['layers'])
  if (isIndex && isManifest) throw malformed('it is both a manifest and an index')
  if (document['schemaVersion'] === 1 || Array.isArray(document['fsLayers'])) throw schemaOne()
  if (document['schemaVersion'] !== 2) throw malformed('its schemaVersion is not 2')
  const mediaType = checkMediaType(document, { contentType, isIndex })
  if (isIndex) return readIndex(document, mediaType)
  if (isManifest) return readManifest(document, mediaType)
  throw malformed('it is neither a manifest nor an index')
}

/** An empty list of Go's makers is null. */
function isListOfManifests({ manifests, mediaType }: JsonObject): boolean {
  return Array.isArray(manifests) || (manifests === null && typeof mediaType === 'string' && isIndexType(mediaType))
}

export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerList
}

export function isDockerType(mediaType: string): boolean {
  return mediaType.startsWith('application/vnd.docker.')
}

function checkMediaType(document: JsonObject, seen: { contentType: string | undefined; isIndex: boolean }): string {
  const own = knownType(document['mediaType'])
  const sent = knownType(seen.contentType?.split(';')[0]?.trim())
  if (own === undefined) checkUntyped(document['mediaType'])
  if (own !== undefined && sent !== undefined && own !== sent) {
    throw malformed(`it says '${own}' but was sent as '${sent}'`)
  }
  const stated = own ?? sent ?? (seen.isIndex ? mediaTypes.ociIndex : mediaTypes.ociManifest)
  if (isIndexType(stated) !== seen.isIndex) throw malformed(`its content is not what '${stated}' means`)
  return stated
}

/** A type that we do not know is somebody else's document. */
function checkUntyped(type: unknown): void {
  if (typeof type === 'string' && type !== '') throw unsupportedType(type)
}

function knownType(type: unknown): string | undefined {
  return typeof type === 'string' && acceptedManifests.includes(type) ? type : undefined
}

function readManifest(document: JsonObject, mediaType: string): ImageManifest {
  const layers = document['layers']
  if (!Array.isArray(layers)) throw malformed('it has no list of layers')
  if (layers.length > manifestLimits.maxLayers) {
    throw malformed(`it has ${layers.length} layers, more than ${manifestLimits.maxLayers}`)
  }
  const { artifactType } = document
  return {
    kind: 'manifest',
    mediaType,
    config: readDescriptor(document['config'], 'the config of the manifest'),
    layers: layers.map((layer, at) => readDescriptor(layer, `layer ${at} of the manifest`)),
    annotations: readStrings(document['annotations']),
    ...(typeof artifactType === 'string' && artifactType !== '' ? { artifactType } : {}),
  }
}

function readIndex(document: JsonObject, mediaType: string): ImageIndex {
  const entries = (document['manifests'] ?? []) as unknown[]
  const { subject } = document
  if (entries.length > manifestLimits.maxEntries) {
    throw malformed(`it has ${entries.length} entries, more than ${manifestLimits.maxEntries}`)
  }
  return {
    kind: 'index',
    mediaType,
    manifests: entries.map((entry, at) => readPlatformDescriptor(entry, `entry ${at} of the index`)),
    annotations: readStrings(document['annotations']),
    ...(isObject(subject) ? { subject: readPlatformDescriptor(subject, 'the subject of the index') } : {}),
  }
}

function isImageConfig(mediaType: string): boolean {
  return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig || mediaType === ''
}

function malformed(reason: string): EngineError {
  return new EngineError({
    kind: 'corrupt',
    code: 'manifest-malformed',
    message: `the manifest is malformed: ${reason}`,
  })
}

function schemaOne(): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'manifest-schema-1',
    message: 'the image has a Docker schema 1 manifest, a format that was given up in 2017',
    hint: 'Push it again with a current docker, podman or gantry.',
  })
}

function unsupportedType(mediaType: string): EngineError {
  const shown = mediaType.slice(0, 100)
  return new EngineError({
    kind: 'unsupported',
    code: 'manifest-type',
    message: `unsupported manifest type '${shown}'`,
  })
}

function artifact(mediaType: string): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'manifest-artifact',
    message: `unsupported image-specific operation on artifact with type "${mediaType.slice(0, 100)}"`,
  })
}
