// Steps whose layers went with their image are none that a later build could take.

import type { Digest } from '../../base/digest.ts'
import { listImages } from '../../transport/image-records.ts'
import { lockImages } from '../../transport/image-store.ts'
import type { Engine } from '../engine.ts'
import { cachedResults, forgetSteps, stepKeys } from './build-cache.ts'

/** `layers`: chain ids of images that have been removed; what others have stays. Idempotent; needs no free space. */
export async function forgetLayers(engine: Engine, layers: readonly Digest[]): Promise<void> {
  const { at } = engine
  using _images = await lockImages(at, engine.patience)
  const kept = new Set(listImages(at).flatMap((image) => image.layers.map(({ chainId }) => chainId)))
  const gone = new Set(layers.filter((layer) => !kept.has(layer)))
  const isGone = (key: string) =>
    cachedResults(at, key).some(({ layer }) => layer !== undefined && gone.has(layer.chainId))
  forgetSteps(at, stepKeys(at).filter(isGone))
}
