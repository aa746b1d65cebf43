// volume ls. Takes no lock; one that is removed meanwhile is left out.

import { listVolumes } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { inspectVolume, type VolumeDocument } from './inspect.ts'
import { compileVolumeFilters } from './volume-filter.ts'

/** By name. @throws as compileVolumeFilters */
export async function listVolumeDocuments(engine: Engine, filters: readonly string[]): Promise<VolumeDocument[]> {
  const matches = compileVolumeFilters(engine, filters)
  const found = listVolumes(engine.at).filter(matches)
  return Promise.all(found.map(async (volume) => inspectVolume(engine, volume)))
}
