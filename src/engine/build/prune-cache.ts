// What builds keep for the next ones, measured and given back: records of steps, with layers that no image has; folders of cache mounts.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../base/digest.ts'
import { absentAsUndefined } from '../../base/errors.ts'
import { openDiskUsage } from '../../os/disk-usage.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { isLockHeld } from '../../state/lock.ts'
import { layerRecord } from '../../storage/layer-record.ts'
import { listImages } from '../../transport/image-records.ts'
import { lockImages } from '../../transport/image-store.ts'
import type { Engine } from '../engine.ts'
import { collectImages } from '../image/collect.ts'
import { cachedResults, forgetSteps, stepKeys } from './build-cache.ts'
import { cacheUse } from './cache-use.ts'

export interface CacheUsage {
  /** Steps and cache mounts. */
  readonly count: number
  /** Mounts that a build uses now. */
  readonly active: number
  /** What goes with it: layers that images have, too, are theirs. */
  readonly bytes: number
}

/** Lock-free. */
export function cacheUsage(at: Layout): CacheUsage {
  const ofImages = new Set(listImages(at).flatMap(({ layers }) => layers.map(({ chainId }) => chainId)))
  const layers = cacheUse(at).layers.filter((chainId) => !ofImages.has(chainId))
  const mounts = mountNames(at)
  const usage = openDiskUsage()
  const sizes = layers.map((chainId) => layerRecord(at, chainId)?.sizeBytes ?? 0)
  return {
    count: stepKeys(at).length + mounts.length,
    active: mounts.filter((name) => isMountUsed(at, name)).length,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) + usage.of(paths.buildMounts(at)),
  }
}

export interface PruneCacheOptions {
  /** Records whose layers are gone, alone; else all. */
  readonly isDanglingOnly: boolean
  /** Milliseconds: what is younger stays. */
  readonly minAgeMs?: number
}

export interface PrunedCache {
  /** Keys of steps, ids of mounts. */
  readonly removed: readonly string[]
  readonly freedBytes: number
}

/** What a build uses at this instant stays: its layers are pinned, its mounts locked. Idempotent; needs no free space. */
export async function pruneBuildCache(engine: Engine, options: PruneCacheOptions): Promise<PrunedCache> {
  const { at } = engine
  if (!existsSync(paths.buildCache(at))) return { removed: [], freedBytes: 0 }
  const keys = stepKeys(at).filter((key) => isDoomed(at, key, options))
  const mounts = options.isDanglingOnly ? [] : mountNames(at).filter((name) => isMountDoomed(at, name, options))
  const bytes = openDiskUsage()
  const mountBytes = mounts.reduce((sum, name) => sum + bytes.of(paths.buildMount(at, name)), 0)
  {
    using _images = await lockImages(at, engine.patience)
    forgetSteps(at, keys)
  }
  for (const name of mounts) removeTree(paths.buildMount(at, name))
  const freedBytes = mountBytes + (await collectImages(engine))
  return { removed: [...keys, ...mounts].sort(), freedBytes }
}

function isDoomed(at: Layout, key: string, { isDanglingOnly, minAgeMs }: PruneCacheOptions): boolean {
  if (minAgeMs !== undefined && ageMs(paths.buildStep(at, key)) < minAgeMs) return false
  if (!isDanglingOnly) return true
  const isThere = (id: Digest) => existsSync(paths.layer(at, id))
  return cachedResults(at, key).every(({ layer }) => layer !== undefined && !isThere(layer.chainId))
}

function isMountDoomed(at: Layout, name: string, { minAgeMs }: PruneCacheOptions): boolean {
  if (isMountUsed(at, name)) return false
  return minAgeMs === undefined || ageMs(join(paths.buildMount(at, name), 'lock')) >= minAgeMs
}

function isMountUsed(at: Layout, name: string): boolean {
  return isLockHeld(join(paths.buildMount(at, name), 'lock'))
}

function mountNames(at: Layout): string[] {
  return absentAsUndefined(() => readdirSync(paths.buildMounts(at))) ?? []
}

function ageMs(path: string): number {
  const stat = absentAsUndefined(() => statSync(path))
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs
}
