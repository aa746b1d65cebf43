// The image that a manifest list stands for where an image is wanted: its entry for the platform, if the store has that.

import { EngineError } from '../../base/errors.ts'
import type { ManifestListRecord } from '../../image/manifest-list.ts'
import { choosePlatform, hostPlatform, type Platform } from '../../image/platform.ts'
import type { ImageRecord } from '../../image/record.ts'
import { digestsOf, listImages } from '../../transport/image-records.ts'
import { isRunnable } from '../../transport/image-source.ts'
import type { Engine } from '../engine.ts'

/** Lock-free. */
export function findInstance(
  engine: Engine,
  list: ManifestListRecord,
  platform: Platform | undefined,
): ImageRecord | undefined {
  const digest = digestFor(list, platform ?? hostPlatform())
  return digest === undefined ? undefined : listImages(engine.at).find((image) => digestsOf(image).includes(digest))
}

function digestFor({ entries }: ManifestListRecord, platform: Platform) {
  try {
    return choosePlatform(entries.filter(isRunnable), platform).digest
  } catch (error) {
    if (error instanceof EngineError && error.code === 'platform-missing') return undefined
    throw error
  }
}

export function instanceUnknown(text: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'image-unknown',
    message: `${text}: the store has no image of this manifest list for the platform: image not known`,
    hint: `See what it names: gantry manifest inspect ${text}`,
  })
}
