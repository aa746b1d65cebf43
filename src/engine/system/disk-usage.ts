// What the state directory costs, by images, containers and volumes: `system df`. Bytes are blocks on disk, each inode counted once.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../base/digest.ts'
import { absentAsUndefined } from '../../base/errors.ts'
import type { ImageRecord } from '../../image/record.ts'
import { openDiskUsage } from '../../os/disk-usage.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { paths } from '../../state/layout.ts'
import { digestsOf, listImages, listNames, namesOf } from '../../transport/image-records.ts'
import { volumeNames } from '../../volume/volume-store.ts'
import { containerIds } from '../container/find-container.ts'
import { readStoredContainer, type StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { readableContainerUses } from '../image/container-use.ts'
import { volumeUses } from '../volume/volume-use.ts'

export interface DiskReport {
  readonly images: readonly ImageUsage[]
  readonly containers: readonly ContainerUsage[]
  readonly volumes: readonly VolumeUsage[]
  /** All blobs and layers, and what pulls and removals under way, or killed, hold. */
  readonly imageBytes: number
  /** Of these, what images with containers need. */
  readonly usedImageBytes: number
  readonly containerBytes: number
  readonly runningContainerBytes: number
}

export interface ImageUsage {
  readonly record: ImageRecord
  /** Sorted; empty for a dangling image. */
  readonly names: readonly string[]
  readonly bytes: number
  /** Of these, what other images need, too. */
  readonly sharedBytes: number
  readonly containers: number
}

export interface VolumeUsage {
  readonly name: string
  readonly bytes: number
  /** Containers that use it. */
  readonly links: number
}

export interface ContainerUsage {
  readonly container: StoredContainer
  readonly bytes: number
}

/** Lock-free; reads every folder once. */
export function diskUsage(engine: Engine): DiskReport {
  const parts = measureParts(engine)
  const images = listImages(engine.at)
  const uses = readableContainerUses(engine.at)
  const names = listNames(engine.at)
  const containers = containersOf(engine)
  const isUsed = ({ id }: ImageRecord) => uses.some((use) => use.imageId === id)
  const used = new Set([...images.filter(isUsed).flatMap(partsOf), ...uses.flatMap((use) => use.layers.map(layerKey))])
  const sum = (list: readonly ContainerUsage[]) => list.reduce((bytes, one) => bytes + one.bytes, 0)
  return {
    images: images.map((record) => ({
      record,
      names: namesOf(names, record.id),
      ...imageBytes(record, { images, parts }),
      containers: uses.filter((use) => use.imageId === record.id).length,
    })),
    containers,
    volumes: volumesOf(engine),
    imageBytes: total(parts, new Set(parts.keys())),
    usedImageBytes: total(parts, used),
    containerBytes: sum(containers),
    runningContainerBytes: sum(containers.filter(({ container }) => isAlive(container.live))),
  }
}

/** Digest of a blob or layer, or path of something temporary → bytes. */
type Parts = ReadonlyMap<string, number>

function measureParts({ at }: Engine): Parts {
  const usage = openDiskUsage()
  const folders = [paths.blobs(at, 'sha256'), paths.blobs(at, 'sha512'), paths.layers(at), paths.blobStaging(at)]
  const entries = [...folders, paths.trash(at)].flatMap((folder) => {
    const names = absentAsUndefined(() => readdirSync(folder)) ?? []
    return names.map((name) => [keyOf(at, folder, name), usage.of(join(folder, name))] as const)
  })
  return new Map(entries)
}

function keyOf(at: Engine['at'], folder: string, name: string): string {
  if (folder === paths.layers(at)) return layerKey(`sha256:${name}`)
  for (const algorithm of ['sha256', 'sha512']) if (folder === paths.blobs(at, algorithm)) return `${algorithm}:${name}`
  return join(folder, name)
}

/** A chain id may be a blob's digest: of an image with one layer that is not packed. */
function layerKey(chainId: string): string {
  return `layer ${chainId}`
}

function partsOf(image: ImageRecord): string[] {
  const blobs: Digest[] = [image.configDigest, ...digestsOf(image), ...image.layers.map((layer) => layer.blob)]
  return [...new Set<string>([...blobs, ...image.layers.map((layer) => layerKey(layer.chainId))])]
}

interface Store {
  readonly images: readonly ImageRecord[]
  readonly parts: Parts
}

function imageBytes(image: ImageRecord, { images, parts }: Store): { bytes: number; sharedBytes: number } {
  const own = new Set(partsOf(image))
  const others = new Set(images.filter((other) => other.id !== image.id).flatMap(partsOf))
  return { bytes: total(parts, own), sharedBytes: total(parts, own.intersection(others)) }
}

function total(parts: Parts, keys: ReadonlySet<string>): number {
  return [...keys].reduce((bytes, key) => bytes + (parts.get(key) ?? 0), 0)
}

function containersOf({ at }: Engine): ContainerUsage[] {
  const usage = openDiskUsage()
  return containerIds(at).flatMap((id) => {
    const container = readStoredContainer(at, id)
    return container === undefined ? [] : [{ container, bytes: usage.of(paths.container(at, id)) }]
  })
}

/** What is mounted in a volume costs elsewhere. */
function volumesOf({ at }: Engine): VolumeUsage[] {
  const usage = openDiskUsage()
  const uses = volumeUses(at)
  return volumeNames(at)
    .sort()
    .map((name) => ({ name, bytes: usage.of(paths.volume(at, name)), links: uses.get(name)?.ids.length ?? 0 }))
}
