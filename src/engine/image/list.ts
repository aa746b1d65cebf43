// The images in the store, and the manifest lists, as `images` shows them. Takes no lock; one that vanishes meanwhile is left out.

import type { Digest } from '../../base/digest.ts'
import { EngineError } from '../../base/errors.ts'
import type { ImageConfig } from '../../image/config.ts'
import type { ManifestListRecord } from '../../image/manifest-list.ts'
import type { ImageName, ImageRecord } from '../../image/record.ts'
import { digestsOf, listImages, listNames, namesOf } from '../../transport/image-records.ts'
import { listManifestLists } from '../../transport/manifest-lists.ts'
import type { Engine } from '../engine.ts'
import { listAsImage } from '../manifest/list-as-image.ts'
import { readableContainerUses } from './container-use.ts'
import { compileImageFilters } from './filter.ts'
import { repoDigests, repoDigestsOf } from './repo-digests.ts'
import { readImageConfig } from './resolve-for-container.ts'

export interface ImageSummary {
  /** Of a manifest list what it has in common with images. */
  readonly record: Pick<ImageRecord, 'id' | 'manifestDigest' | 'sizeBytes' | 'createdAt' | 'nameHistory'>
  readonly isManifestList: boolean
  /** Sorted. */
  readonly names: readonly string[]
  /** `repository@digest` */
  readonly repoDigests: readonly string[]
  readonly digests: readonly Digest[]
  /** Ids. */
  readonly containers: readonly string[]
  readonly isDangling: boolean
  /** undefined when the stored config is damaged, and of a manifest list. */
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

/** One without layers and without a name stands for nothing: buildah's working containers `from scratch` have it. */
function isShown(names: readonly ImageName[]): (record: ImageRecord) => boolean {
  return (record) => record.layers.length > 0 || namesOf(names, record.id).length > 0
}

function summarize(engine: Engine): ImageSummary[] {
  const names = listNames(engine.at)
  const uses = readableContainerUses(engine.at)
  const images = listImages(engine.at)
    .filter(isShown(names))
    .map((record): ImageSummary => {
      const own = namesOf(names, record.id)
      return {
        record,
        isManifestList: false,
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
  return [...images, ...listManifestLists(engine.at).map((list) => summarizeList(list, names))]
}

function summarizeList(list: ManifestListRecord, names: readonly ImageName[]): ImageSummary {
  const own = namesOf(names, list.id)
  const record = listAsImage(list)
  const digests = [record.manifestDigest]
  return {
    ...{ record, isManifestList: true, names: own, digests, repoDigests: repoDigestsOf(digests, own) },
    ...{ containers: [], isDangling: own.length === 0, config: undefined },
  }
}

function readableConfig(engine: Engine, record: ImageRecord): ImageConfig | undefined {
  try {
    return readImageConfig(engine, record)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return undefined
    throw error
  }
}
