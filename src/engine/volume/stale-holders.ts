// Holders of volumes whose containers are gone, and of volumes that are: left where a container's folders were taken away by hand.

import { isFullId } from '../../base/ids.ts'
import { forgetHolders, heldVolumes, volumeHolders } from '../../volume/holders.ts'
import { readVolume } from '../../volume/volume-store.ts'
import { releaseVolume } from '../container/container-volumes.ts'
import { isPresent } from '../container/nursery.ts'
import type { Engine } from '../engine.ts'

export interface StaleHolder {
  readonly volume: string
  /** A container's id; undefined where the volume itself is gone. */
  readonly holder: string | undefined
}

/** Lock-free. */
export function staleHolders({ at }: Engine): StaleHolder[] {
  return heldVolumes(at).flatMap((volume): StaleHolder[] => {
    if (readVolume(at, volume) === undefined) return [{ volume, holder: undefined }]
    return volumeHolders(at, volume)
      .filter((holder) => isFullId(holder) && !isPresent(at, holder))
      .map((holder) => ({ volume, holder }))
  })
}

/** Idempotent. */
export async function dropStaleHolders(engine: Engine): Promise<StaleHolder[]> {
  const stale = staleHolders(engine)
  for (const { volume, holder } of stale) {
    if (holder !== undefined) await releaseVolume(engine, volume, holder)
    else if (readVolume(engine.at, volume) === undefined) forgetHolders(engine.at, volume)
  }
  return stale
}
