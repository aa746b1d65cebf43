// The documents of a committed image: its base's config, what the container was run with, and what the user changes.

import { digestOf } from '../../base/digest.ts'
import { EngineError, invalid } from '../../base/errors.ts'
import { isObject, type JsonObject } from '../../image/bounded-json.ts'
import type { ChangedConfig } from '../../image/config-changes.ts'
import type { Descriptor } from '../../image/descriptor.ts'
import { mediaTypes } from '../../image/manifest.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { mergeEnvironment } from '../../spec/environment.ts'
import { hasSource } from '../../spec/mounts.ts'
import { exposedPorts } from './inspect-network.ts'

export type ImageFormat = 'oci' | 'docker'

export interface ConfigParts {
  /** The config document of the container's image. */
  readonly base: JsonObject
  readonly spec: CompleteSpec
  /** --config, then --change. */
  readonly changes: readonly ChangedConfig[]
  readonly format: ImageFormat
  readonly includesVolumes: boolean
  readonly author: string
  readonly message: string
  readonly createdAt: string
  /** Of the image that the container was made of. */
  readonly baseName: string
  readonly diffId: string
  /** Without the layers and the history of the base. */
  readonly isSquashed: boolean
}

export function committedConfig(parts: ConfigParts): Buffer {
  const { base, author, message, createdAt, diffId, isSquashed, format } = parts
  const { container: _, container_config: __, id: ___, parent: ____, comment: _____, ...kept } = base
  const rootfs = isObject(base['rootfs']) ? base['rootfs'] : {}
  const writer = author || base['author']
  const entry = {
    created: createdAt,
    created_by: '/bin/sh',
    ...(author === '' ? {} : { author }),
    comment: message || `FROM ${parts.baseName}`,
  }
  return toBytes({
    ...kept,
    created: createdAt,
    ...(typeof writer === 'string' && writer !== '' ? { author: writer } : {}),
    ...(format === 'docker' && message !== '' ? { comment: message } : {}),
    config: runConfig(parts),
    rootfs: { type: 'layers', diff_ids: [...(isSquashed ? [] : list(rootfs['diff_ids'])), diffId] },
    history: [...(isSquashed ? [] : list(base['history'])), entry],
  })
}

/** The manifest of the config above with these layers, lowest first. @throws unsupported `layer-compression` */
export function committedManifest(config: Uint8Array, layers: readonly Descriptor[], format: ImageFormat): Buffer {
  const isDocker = format === 'docker'
  return toBytes({
    schemaVersion: 2,
    mediaType: isDocker ? mediaTypes.dockerManifest : mediaTypes.ociManifest,
    config: {
      mediaType: isDocker ? mediaTypes.dockerConfig : mediaTypes.ociConfig,
      digest: digestOf(config),
      size: config.length,
    },
    layers: layers.map(({ mediaType, digest, size }) => ({
      mediaType: isDocker ? dockerType(mediaType) : ociType(mediaType),
      digest,
      size,
    })),
  })
}

/** --config: the members that `changes` may have. @throws invalid `config-malformed` */
export function configFromFile(path: string, text: string): ChangedConfig {
  const config = parse(text)
  if (!isObject(config)) throw malformed(path)
  const known = ['User', 'ExposedPorts', 'Env', 'Entrypoint', 'Cmd', 'Volumes', 'WorkingDir', 'Labels', 'StopSignal']
  const pairs = Object.entries(config).filter(([key, value]) => [...known, 'OnBuild'].includes(key) && value !== null)
  if (pairs.some(([key, value]) => !isOfKind(key, value))) throw malformed(path)
  return Object.fromEntries(pairs)
}

function isOfKind(key: string, value: unknown): boolean {
  if (['User', 'WorkingDir', 'StopSignal'].includes(key)) return typeof value === 'string'
  if (['ExposedPorts', 'Volumes', 'Labels'].includes(key)) return isObject(value)
  return Array.isArray(value) && value.every((word) => typeof word === 'string')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function malformed(path: string): EngineError {
  return invalid('config-malformed', `--config: '${path}' is not a JSON object with the members of an image's config`)
}

function runConfig(parts: ConfigParts): JsonObject {
  const { base, spec, includesVolumes } = parts
  const old = isObject(base['config']) ? base['config'] : {}
  const own: ChangedConfig = {
    ...(spec.process.entrypoint === undefined ? {} : { Entrypoint: [...spec.process.entrypoint] }),
    Cmd: [...spec.process.command],
    Env: [...spec.process.environment],
    ExposedPorts: exposedPorts(spec),
    Labels: spec.labels,
    ...(spec.process.user === undefined ? {} : { User: spec.process.user }),
    Volumes: Object.fromEntries(volumesOf(spec, includesVolumes).map((path) => [path, {}])),
    WorkingDir: spec.process.workdir,
  }
  const merged = [own, ...parts.changes].reduce<JsonObject>(merge, { ...old, Entrypoint: undefined, Cmd: undefined })
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => !isEmpty(value)))
}

function volumesOf({ mounts }: CompleteSpec, areAll: boolean): string[] {
  return mounts.mounts
    .filter((mount) => (areAll ? hasSource(mount) : mount.kind === 'volume' && mount.isAnonymous))
    .map(({ destination }) => destination)
}

/** A new entry point alone forgets the command, as in a Dockerfile. */
function merge(config: JsonObject, change: ChangedConfig): JsonObject {
  const members = (key: 'ExposedPorts' | 'Labels' | 'Volumes') => ({ ...object(config[key]), ...change[key] })
  const Cmd = change.Cmd ?? (change.Entrypoint === undefined ? strings(config['Cmd']) : undefined)
  return {
    ...config,
    ...change,
    Entrypoint: change.Entrypoint ?? strings(config['Entrypoint']),
    Cmd,
    Env: mergeEnvironment(strings(config['Env']) ?? [], change.Env ?? []),
    ExposedPorts: members('ExposedPorts'),
    Labels: members('Labels'),
    Volumes: members('Volumes'),
    OnBuild: [...(strings(config['OnBuild']) ?? []), ...(change.OnBuild ?? [])],
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
}

function ociType(mediaType: string): string {
  if (mediaType === mediaTypes.dockerPlainLayer) return mediaTypes.ociLayer
  return mediaType === mediaTypes.dockerLayer ? `${mediaTypes.ociLayer}+gzip` : mediaType
}

function dockerType(mediaType: string): string {
  if (mediaType === mediaTypes.ociLayer) return mediaTypes.dockerPlainLayer
  if (mediaType === `${mediaTypes.ociLayer}+gzip`) return mediaTypes.dockerLayer
  if (mediaType === mediaTypes.dockerLayer || mediaType === mediaTypes.dockerPlainLayer) return mediaType
  throw new EngineError({
    kind: 'unsupported',
    code: 'layer-compression',
    message: `the image has a layer of type '${mediaType}', which Docker's format does not know`,
    hint: 'Commit it as OCI: --format oci',
  })
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function strings(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : undefined
}

function object(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

function toBytes(document: unknown): Buffer {
  return Buffer.from(JSON.stringify(document))
}
