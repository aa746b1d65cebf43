// What images, containers and volumes cost: `system df`. Images as `images` counts them: what the files of their layers hold. Containers and
// blobs are blocks on disk, each inode counted once.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../base/digest.ts'
import { absentAsUndefined } from '../../base/errors.ts'
import type { ImageRecord } from '../../image/record.ts'
import { openDiskUsage } from '../../os/disk-usage.ts'
import { treeSize } from '../../os/tree-size.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { paths } from '../../state/layout.ts'
import { layerRecord } from '../../storage/layer-record.ts'
import { listImages, listNames, namesOf } from '../../transport/image-records.ts'
import { listManifestLists } from '../../transport/manifest-lists.ts'
import { volumeData, volumeNames } from '../../volume/volume-store.ts'
import { type CacheUsage, cacheUsage } from '../build/prune-cache.ts'
import { containerIds } from '../container/find-container.ts'
import { readStoredContainer, type StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { readableContainerUses } from '../image/container-use.ts'
import { listAsImage } from '../manifest/list-as-image.ts'
import { volumeUses } from '../volume/volume-use.ts'

export interface DiskReport {
  readonly images: readonly ImageUsage[]
  readonly containers: readonly ContainerUsage[]
  readonly volumes: readonly VolumeUsage[]
  /** All layers, those of no image too, each once. */
  readonly imageBytes: number
  /** Of these, what images with containers, and the containers themselves, have for themselves: what images share counts as free, as with docker and podman. */
  readonly usedImageBytes: number
  readonly containerBytes: number
  readonly runningContainerBytes: number
  readonly blobs: BlobUsage
  /** What builds keep for the next ones, of which images have nothing. */
  readonly buildCache: CacheUsage
}

export interface ImageUsage {
  /** Of a manifest list what it has in common with images. */
  readonly record: Pick<ImageRecord, 'id' | 'sizeBytes' | 'createdAt'>
  /** Sorted; empty for a dangling image. */
  readonly names: readonly string[]
  readonly sharedBytes: number
  readonly containers: number
}

/** What images came as, beside their unpacked layers. */
export interface BlobUsage {
  readonly count: number
  /** Blocks on disk, with what pulls and removals under way, or killed, hold. */
  readonly bytes: number
  /** Of these, compressed layers: `image prune --blobs` frees them. */
  readonly layerCount: number
  readonly layerBytes: number
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
  const layers = measureLayers(engine)
  const images = listImages(engine.at)
  const uses = readableContainerUses(engine.at)
  const names = listNames(engine.at)
  const containers = containersOf(engine)
  const isUsed = ({ id }: ImageRecord) => uses.some((use) => use.imageId === id)
  const used = new Set([...images.filter(isUsed).flatMap(layersOf), ...uses.flatMap((use) => use.layers)])
  const sum = (list: readonly ContainerUsage[]) => list.reduce((bytes, one) => bytes + one.bytes, 0)
  return {
    images: [
      ...images.map((record) => ({
        record,
        names: namesOf(names, record.id),
        sharedBytes: total(layers, sharedLayers(record, images)),
        containers: uses.filter((use) => use.imageId === record.id).length,
      })),
      ...listManifestLists(engine.at).map((list) => ({
        ...{ record: listAsImage(list), names: namesOf(names, list.id), sharedBytes: 0, containers: 0 },
      })),
    ],
    containers,
    volumes: volumesOf(engine),
    imageBytes: total(layers, new Set(layers.keys())),
    usedImageBytes: total(
      layers,
      used.difference(new Set(images.flatMap((image) => [...sharedLayers(image, images)]))),
    ),
    containerBytes: sum(containers),
    runningContainerBytes: sum(containers.filter(({ container }) => isAlive(container.live))),
    blobs: blobUsage(engine, images),
    buildCache: cacheUsage(engine.at),
  }
}

/** Chain id → bytes of its files. */
type Layers = ReadonlyMap<string, number>

function measureLayers({ at }: Engine): Layers {
  const ids = namesIn(paths.layers(at)).map((hex) => `sha256:${hex}` as Digest)
  return new Map(ids.map((id) => [id, layerRecord(at, id)?.sizeBytes ?? 0]))
}

function layersOf({ layers }: ImageRecord): string[] {
  return layers.map(({ chainId }) => chainId)
}

function sharedLayers(image: ImageRecord, images: readonly ImageRecord[]): ReadonlySet<string> {
  const others = images.filter((other) => other.id !== image.id).flatMap(layersOf)
  return new Set(layersOf(image)).intersection(new Set(others))
}

function total(layers: Layers, ids: ReadonlySet<string>): number {
  return [...ids].reduce((bytes, id) => bytes + (layers.get(id) ?? 0), 0)
}

function blobUsage({ at }: Engine, images: readonly ImageRecord[]): BlobUsage {
  const usage = openDiskUsage()
  const blobs = ['sha256', 'sha512'].flatMap((algorithm) =>
    namesIn(paths.blobs(at, algorithm)).map((name) => {
      return { digest: `${algorithm}:${name}`, bytes: usage.of(join(paths.blobs(at, algorithm), name)) }
    }),
  )
  const ofLayers = new Set<string>(images.flatMap((image) => image.layers.map((layer) => layer.blob)))
  const compressed = blobs.filter(({ digest }) => ofLayers.has(digest))
  const sum = (list: readonly { bytes: number }[]) => list.reduce((bytes, one) => bytes + one.bytes, 0)
  const inPassing = [paths.blobStaging(at), paths.trash(at)].flatMap((folder) =>
    namesIn(folder).map((name) => ({ bytes: usage.of(join(folder, name)) })),
  )
  return {
    count: blobs.length,
    bytes: sum(blobs) + sum(inPassing),
    layerCount: compressed.length,
    layerBytes: sum(compressed),
  }
}

function namesIn(folder: string): string[] {
  return absentAsUndefined(() => readdirSync(folder)) ?? []
}

function containersOf({ at }: Engine): ContainerUsage[] {
  const usage = openDiskUsage()
  return containerIds(at).flatMap((id) => {
    const container = readStoredContainer(at, id)
    return container === undefined ? [] : [{ container, bytes: usage.of(paths.container(at, id)) }]
  })
}

/** What its files hold. What is mounted in a volume costs elsewhere. */
function volumesOf({ at }: Engine): VolumeUsage[] {
  const uses = volumeUses(at)
  return volumeNames(at)
    .sort()
    .map((name) => ({ name, bytes: treeSize(volumeData(at, name)), links: uses.get(name)?.ids.length ?? 0 }))
}
