// Garbage: blobs and layers that no image, no container and no pull under way refers to. What is taken away is renamed out or
// unlinked under the images lock, so that nobody can come to refer to it meanwhile.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, isDigest } from '../base/digest.ts'
import { absentAsUndefined } from '../base/errors.ts'
import { blobsOfList } from '../image/manifest-list.ts'
import type { LayerRecord } from '../image/record.ts'
import { removeFile } from '../os/atomic-file.ts'
import { removeTree } from '../os/remove-tree.ts'
import { type Layout, paths } from '../state/layout.ts'
import { isLockHeld, tryAcquireLock } from '../state/lock.ts'
import type { Grave } from '../state/trash.ts'
import { layerRecord } from '../storage/layer-record.ts'
import { buryLayer, layerLock, layerNames } from '../storage/layer-store.ts'
import { digestsOf, listImages, listImagesOrThrow } from './image-records.ts'
import { listManifestListsOrThrow } from './manifest-lists.ts'
import { dropPackings } from './packings.ts'
import { readPins } from './pin.ts'

/** What a collection took out of the way; its folders still have to be deleted, which needs no lock. */
export interface Collected {
  readonly freedBytes: number
  readonly graves: readonly Grave[]
}

/** Part files that nobody touched for this long are not worth resuming. */
const staleMs = 24 * 3600 * 1000

/** What others than images use: containers, and what builds keep. */
export interface OtherUse {
  /** Chain ids. */
  readonly layers: readonly Digest[]
  readonly blobs: readonly Digest[]
}

/**
 * Needs no free space. The images lock is held.
 * Layers whose lock somebody holds are left for the next collection. @throws corrupt when a record cannot be read: what it uses is unknown
 */
export function collectGarbage(at: Layout, others: OtherUse): Collected {
  const images = listImagesOrThrow(at)
  const pins = readPins(at)
  const blobs = new Set<string>([...pins.blobs, ...others.blobs])
  const layers = new Set<string>([...pins.layers, ...others.layers])
  for (const list of listManifestListsOrThrow(at)) for (const digest of blobsOfList(list)) blobs.add(digest)
  for (const image of images) {
    for (const digest of [image.configDigest, ...digestsOf(image), ...(image.signatures ?? [])]) blobs.add(digest)
    for (const layer of image.layers) blobs.add(layer.blob)
    for (const layer of image.layers) layers.add(layer.chainId)
  }
  const freedBlobs = dropBlobs(at, (digest) => !blobs.has(digest))
  const dropped = dropLayers(at, layers)
  dropPackings(at, new Set(images.flatMap((image) => image.layers.map(({ diffId }) => diffId))))
  dropStaleParts(at)
  return { freedBytes: freedBlobs + dropped.freedBytes, graves: dropped.graves }
}

/** Deletes what a collection took away. Idempotent. */
export function emptyTrash(collected: Collected): void {
  for (const grave of collected.graves) {
    using _held = grave
    removeTree(grave.path)
  }
}

/**
 * `image prune --blobs`: the compressed layers of images, which only push, save and repair need. Manifests and configs stay.
 * The images lock is held.
 */
export function dropLayerBlobs(at: Layout): number {
  const kept = new Set<string>([...readPins(at).blobs, ...listManifestListsOrThrow(at).flatMap(blobsOfList)])
  const layers = new Set<string>(listImages(at).flatMap((image) => image.layers.map((layer) => layer.blob)))
  return dropBlobs(at, (digest) => layers.has(digest) && !kept.has(digest))
}

function dropBlobs(at: Layout, isGarbage: (digest: Digest) => boolean): number {
  let freed = 0
  for (const algorithm of absentAsUndefined(() => readdirSync(paths.blobStore(at))) ?? []) {
    for (const hex of readdirSync(paths.blobs(at, algorithm))) {
      const digest = `${algorithm}:${hex}`
      if (!isDigest(digest) || !isGarbage(digest)) continue
      const path = paths.blob(at, digest)
      freed += absentAsUndefined(() => statSync(path))?.size ?? 0
      removeFile(path)
    }
  }
  return freed
}

function dropLayers(at: Layout, used: ReadonlySet<string>): Collected {
  const graves: Grave[] = []
  let freedBytes = 0
  for (const hex of layerNames(at)) {
    const chainId = `sha256:${hex}` as Digest
    if (used.has(chainId)) continue
    using lock = tryAcquireLock(layerLock(at, chainId))
    if (lock === undefined) continue
    const record = readableLayer(at, chainId)
    const grave = buryLayer(at, chainId)
    removeFile(lock.path)
    freedBytes += record?.sizeBytes ?? 0
    if (grave !== undefined) graves.push(grave)
  }
  return { freedBytes, graves }
}

function readableLayer(at: Layout, chainId: Digest): LayerRecord | undefined {
  try {
    return layerRecord(at, chainId)
  } catch {
    // Damaged: its size is not known, that is all.
    return undefined
  }
}

function dropStaleParts(at: Layout): void {
  const folder = paths.blobStaging(at)
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const stat = absentAsUndefined(() => statSync(path))
    const isOld = stat !== undefined && Date.now() - stat.mtimeMs > staleMs
    if (isOld && !isLockHeld(path.replace(/\.part$/, '.lock'))) removeFile(path)
  }
}
