// volume prune: removes what no container uses. One that is taken into use meanwhile stays.

import { EngineError } from '../../base/errors.ts'
import { openDiskUsage } from '../../os/disk-usage.ts'
import { paths } from '../../state/layout.ts'
import type { VolumeRecord } from '../../volume/volume-record.ts'
import { listVolumes } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { announceVolume } from './create.ts'
import { removeUnused } from './remove-unused.ts'
import { compileVolumeFilters } from './volume-filter.ts'
import { volumeUses } from './volume-use.ts'

export interface VolumePruneOutcome {
  readonly name: string
  readonly freedBytes: number
  /** Why it stays. */
  readonly error?: unknown
}

/** By name. @throws as compileVolumeFilters */
export function prunableVolumes(engine: Engine, filters: readonly string[]): VolumeRecord[] {
  const uses = volumeUses(engine.at)
  return listVolumes(engine.at)
    .filter(compileVolumeFilters(engine, filters))
    .filter(({ name }) => !uses.has(name))
}

/** By name. Idempotent; needs no free space. @throws as compileVolumeFilters */
export async function pruneVolumes(engine: Engine, filters: readonly string[]): Promise<VolumePruneOutcome[]> {
  const outcomes: VolumePruneOutcome[] = []
  for (const { name } of prunableVolumes(engine, filters)) {
    const outcome = await pruneOne(engine, name)
    if (outcome !== undefined) outcomes.push(outcome)
  }
  return outcomes
}

async function pruneOne(engine: Engine, name: string): Promise<VolumePruneOutcome | undefined> {
  const freedBytes = openDiskUsage().of(paths.volume(engine.at, name))
  try {
    await removeUnused(engine, name, { except: undefined })
    announceVolume(engine, name, 'prune')
    return { name, freedBytes }
  } catch (error) {
    const isNews = !(error instanceof EngineError && ['volume-in-use', 'volume-unknown'].includes(error.code))
    return isNews ? { name, freedBytes: 0, error } : undefined
  }
}
