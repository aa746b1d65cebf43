// system prune: stopped pods and containers, then (when asked) volumes, then images that nobody needs, then what that uncovered.

import { existsSync } from 'node:fs'
import { paths } from '../../state/layout.ts'
import { containerSize } from '../container/container-size.ts'
import { containerIds } from '../container/find-container.ts'
import { type PruneOutcome, prune as pruneContainers } from '../container/prune.ts'
import { allContainers } from '../container/select.ts'
import type { Engine } from '../engine.ts'
import { prune as pruneImages } from '../image/prune.ts'
import { type PodPruneOutcome, prune as prunePods } from '../pod/prune.ts'
import { pruneVolumes, type VolumePruneOutcome } from '../volume/prune.ts'

export interface SystemPruneOptions {
  /** Images with names, too. */
  readonly areAll: boolean
  readonly filters: readonly string[]
  readonly volumes: 'none' | 'anonymous' | 'all'
  /** What builds keep: all of it, or what nothing could use any more. */
  readonly buildCache: 'dangling' | 'all'
}

export interface SystemPruned {
  /** With all their containers. */
  readonly pods: readonly PodPruneOutcome[]
  readonly containers: readonly PruneOutcome[]
  /** Ids. */
  readonly images: readonly string[]
  readonly volumes: readonly VolumePruneOutcome[]
  readonly freedBytes: number
}

/** Idempotent; needs no free space. @throws what the filters throw */
export async function systemPrune(
  engine: Engine,
  { areAll, filters, volumes: which, buildCache }: SystemPruneOptions,
): Promise<SystemPruned> {
  const sizes = new Map(
    allContainers(engine.at).map((container) => [
      container.id as string,
      containerSize(engine, container).writtenBytes,
    ]),
  )
  const pods = existsSync(paths.pods(engine.at)) ? await prunePods(engine, filters) : []
  const containers = await pruneContainers(engine, filters)
  const volumes =
    which === 'none'
      ? []
      : await pruneVolumes(engine, [...filters, ...(which === 'anonymous' ? ['anonymous=true'] : [])])
  const { deleted, freedBytes } = await pruneImages(engine, { areAll, filters, areBlobsDropped: false })
  const cache = await pruneCache(engine, buildCache)
  const isThere = new Set<string>(containerIds(engine.at))
  const containerBytes = [...sizes].reduce((sum, [id, bytes]) => sum + (isThere.has(id) ? 0 : bytes), 0)
  const volumeBytes = volumes.reduce((sum, volume) => sum + volume.freedBytes, 0)
  return { pods, containers, images: deleted, volumes, freedBytes: freedBytes + cache + containerBytes + volumeBytes }
}

/** Loaded where something was ever built. */
async function pruneCache(engine: Engine, which: SystemPruneOptions['buildCache']): Promise<number> {
  if (!existsSync(paths.buildCache(engine.at))) return 0
  const { pruneBuildCache } = await import('../build/prune-cache.ts')
  return (await pruneBuildCache(engine, { isDanglingOnly: which === 'dangling' })).freedBytes
}
