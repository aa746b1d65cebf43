// image prune: dangling images, or (all) those that no container uses; then everything that nothing refers to.

import { dropLayerBlobs } from '../../transport/collect.ts'
import { lockImages } from '../../transport/image-store.ts'
import type { Engine } from '../engine.ts'
import { collectImages } from './collect.ts'
import { listImageSummaries } from './list.ts'
import { remove } from './remove.ts'

export interface PruneOptions {
  /** Also those with a name; a filter `dangling=…` decides by itself. */
  readonly areAll: boolean
  readonly filters: readonly string[]
  /** Also the compressed blobs of images that stay. */
  readonly areBlobsDropped: boolean
}

export interface PrunedImages {
  /** Ids, sorted. */
  readonly deleted: readonly string[]
  readonly freedBytes: number
}

/** Idempotent; needs no free space. Images that a container uses are left alone. */
export async function prune(engine: Engine, options: PruneOptions): Promise<PrunedImages> {
  const images = await listImageSummaries(engine, { filters: options.filters })
  const areAny = options.areAll || options.filters.some((filter) => filter.startsWith('dangling'))
  const doomed = images.filter((image) => image.containers.length === 0 && (areAny || image.isDangling))
  const deleted: string[] = []
  let freedBytes = 0
  for (const image of doomed) {
    const names = image.names.length === 0 ? [image.record.id] : image.names
    const result = await remove(engine, names, { areAll: false, isForced: false, isMissingIgnored: true })
    deleted.push(...result.deleted)
    if (result.deleted.length > 0) freedBytes += image.record.sizeBytes
  }
  freedBytes += await collectImages(engine)
  if (options.areBlobsDropped) {
    using _lock = await lockImages(engine.at, engine.patience)
    freedBytes += dropLayerBlobs(engine.at)
  }
  return { deleted: deleted.sort(), freedBytes }
}
