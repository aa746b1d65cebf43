// What builds keep, for whoever takes away what nobody uses.

import type { Digest } from '../../base/digest.ts'
import type { Layout } from '../../state/layout.ts'
import { layerRecord } from '../../storage/layer-record.ts'
import { stepLayers } from './step-layers.ts'

export interface CacheUse {
  readonly layers: readonly Digest[]
  readonly blobs: readonly Digest[]
}

/** What the records refer to, with the layers below. Lock-free. */
export function cacheUse(at: Layout): CacheUse {
  const found = [...stepLayers(at).values()].flat()
  const layers = new Set<Digest>()
  for (const { chainId } of found) {
    for (let id: Digest | undefined = chainId; id !== undefined && !layers.has(id); id = parentOf(at, id))
      layers.add(id)
  }
  return { layers: [...layers], blobs: found.map(({ blob }) => blob) }
}

function parentOf(at: Layout, chainId: Digest): Digest | undefined {
  try {
    return layerRecord(at, chainId)?.parent
  } catch {
    return undefined
  }
}
