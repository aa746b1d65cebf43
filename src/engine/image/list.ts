// The images in the store, as `images` shows them. Takes no lock; an image that vanishes meanwhile is left out.

import type { Digest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import type { ImageConfig } from '../../image/config.ts'
import type { ImageRecord } from '../../image/record.ts'
import { digestsOf, listImages, listNames, namesOf } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
import { readableContainerUses } from './container-use.ts'
import { compileImageFilters } from './filter.ts'
import { repoDigests } from './repo-digests.ts'
import { readImageConfig } from './resolve-for-container.ts'

export interface ImageSummary {
  readonly record: ImageRecord
  /** Sorted. */
  readonly names: readonly string[]
  /** `repository@digest` */
  readonly repoDigests: readonly string[]
  readonly digests: readonly Digest[]
  /** Ids. */
  readonly containers: readonly string[]
  readonly isDangling: boolean
  /** undefined when the stored config is damaged. */
  readonly config: ImageConfig | undefined
}

export interface ListOptions {
  /** `name=value` or `name!=value` */
  readonly filters: readonly string[]
}

/** In no order. @throws invalid `filter-malformed` and what a filter's own value gives */
export async function listImageSummaries(engine: Engine, options: ListOptions): Promise<ImageSummary[]> {
  const matches = await compileImageFilters(engine, options.filters)
  return summarize(engine).filter(matches)
}

function summarize(engine: Engine): ImageSummary[] {
  const names = listNames(engine.at)
  const uses = readableContainerUses(engine.at)
  return listImages(engine.at).map((record) => {
    const own = namesOf(names, record.id)
    return {
      record,
      names: own,
      digests: digestsOf(record),
      repoDigests: repoDigests(record, own),
      containers: uses.filter((use) => use.imageId === record.id).map((use) => use.containerId),
      isDangling: own.length === 0,
      get config() {
        return readableConfig(engine, record)
      },
    }
  })
}

function readableConfig(engine: Engine, record: ImageRecord): ImageConfig | undefined {
  try {
    return readImageConfig(engine, record)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return undefined
    throw error
  }
}
