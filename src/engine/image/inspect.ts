// image inspect: podman's document, key by key. What podman leaves out when it is empty is there, empty: see engine/go-document.ts.

import type { HistoryEntry, RunConfig } from '../../image/config.ts'
import { isDockerType, manifestLimits, parseManifest } from '../../image/manifest.ts'
import type { ImageRecord } from '../../image/record.ts'
import { layerDiff } from '../../storage/layer-record.ts'
import { readSmallBlob } from '../../transport/blob-store.ts'
import { listNames, nameHistoryOf, namesOf } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
import { inspectHealthcheck } from '../inspect-healthcheck.ts'
import { readImageConfig } from './image-config.ts'
import { repoDigests } from './repo-digests.ts'
import { resolveImage } from './resolve.ts'

/** Lock-free. @throws not-found `image-unknown`; corrupt */
export async function inspect(engine: Engine, image: string) {
  const { record } = await resolveImage(engine, image)
  const stored = listNames(engine.at)
  const names = namesOf(stored, record.id)
  const config = readImageConfig(engine, record)
  const annotations = readAnnotations(engine, record)
  const { healthcheck } = config.run
  return {
    Id: record.id,
    Digest: record.manifestDigest,
    RepoTags: names.filter((name) => !name.includes('@')),
    RepoDigests: repoDigests(record, names),
    Parent: '',
    Comment: isDockerType(record.manifestType) ? config.comment : (config.history[0]?.comment ?? ''),
    Created: config.created ?? record.createdAt,
    Config: inspectRun(config.run),
    Version: config.dockerVersion,
    Author: config.author,
    Architecture: config.platform.architecture,
    Os: config.platform.os,
    Size: record.sizeBytes,
    VirtualSize: record.sizeBytes,
    GraphDriver: graphDriver(engine, record),
    RootFS: { Type: 'layers', Layers: record.layers.map((layer) => layer.diffId) },
    Labels: Object.keys(config.run.labels).length === 0 ? null : config.run.labels,
    Annotations: annotations,
    ManifestType: record.manifestType,
    User: config.run.user,
    History: config.history.map(inspectHistory),
    NamesHistory: nameHistoryOf(stored, record),
    Healthcheck: healthcheck === undefined ? null : inspectHealthcheck(healthcheck),
  }
}

function inspectRun(run: RunConfig): Record<string, unknown> {
  return {
    User: run.user,
    ExposedPorts: Object.fromEntries(run.exposedPorts.map((port) => [port, {}])),
    Env: run.env,
    Entrypoint: run.entrypoint ?? [],
    Cmd: run.cmd ?? [],
    Volumes: Object.fromEntries(run.volumes.map((volume) => [volume, {}])),
    WorkingDir: run.workingDir,
    Labels: run.labels,
    StopSignal: run.stopSignal,
  }
}

function inspectHistory(entry: HistoryEntry): Record<string, unknown> {
  return {
    created: entry.created ?? null,
    created_by: entry.createdBy,
    author: entry.author,
    comment: entry.comment,
    empty_layer: entry.isEmptyLayer,
  }
}

function graphDriver(engine: Engine, record: ImageRecord) {
  const folders = record.layers.map((layer) => layerDiff(engine.at, layer.chainId)).reverse()
  const [upper, ...lower] = folders
  return {
    Name: engine.storage().name === 'vfs' ? 'vfs' : 'overlay',
    Data: withoutEmpty({ UpperDir: upper, LowerDir: lower.join(':') }),
  }
}

function readAnnotations(engine: Engine, record: ImageRecord): Readonly<Record<string, string>> {
  const bytes = readSmallBlob(engine.at, record.manifestDigest, manifestLimits.maxBytes)
  return parseManifest(bytes, record.manifestType).annotations
}

function withoutEmpty(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
