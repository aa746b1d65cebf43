// Steps whose layers went with their image are none that a later build could take.

import type { Digest } from '../../base/digest.ts'
import { listImages } from '../../transport/image-records.ts'
import { lockImages } from '../../transport/image-store.ts'
import type { Engine } from '../engine.ts'
import { forgetSteps } from './build-cache.ts'
import { type StepLayer, stepLayers } from './step-layers.ts'

/** `layers`: chain ids of images that have been removed; what others have stays. Idempotent; needs no free space. */
export async function forgetLayers(engine: Engine, layers: readonly Digest[]): Promise<void> {
  const { at } = engine
  using _images = await lockImages(at, engine.patience)
  const kept = new Set(listImages(at).flatMap((image) => image.layers.map(({ chainId }) => chainId)))
  const gone = new Set(layers.filter((layer) => !kept.has(layer)))
  if (gone.size === 0) return
  const isGone = ({ chainId }: StepLayer) => gone.has(chainId)
  forgetSteps(
    at,
    [...stepLayers(at)].flatMap(([key, used]) => (used.some(isGone) ? [key] : [])),
  )
}
