// What removing verbs do last: take away what nothing refers to any more.

import { existsSync } from 'node:fs'
import { paths } from '../../state/layout.ts'
import { collectGarbage, emptyTrash, type OtherUse } from '../../transport/collect.ts'
import { lockImages } from '../../transport/image-store.ts'
import type { Engine } from '../engine.ts'
import { containerUses } from './container-use.ts'

/** Bytes freed. Idempotent; needs no free space. */
export async function collectImages(engine: Engine): Promise<number> {
  const collected = await takeAway(engine)
  emptyTrash(collected)
  return collected.freedBytes
}

async function takeAway(engine: Engine) {
  using _lock = await lockImages(engine.at, engine.patience)
  const kept = await keptByBuilds(engine)
  return collectGarbage(engine.at, {
    layers: [...containerUses(engine.at).flatMap((use) => use.layers), ...kept.layers],
    blobs: kept.blobs,
  })
}

/** Loaded where something was ever built. */
async function keptByBuilds({ at }: Engine): Promise<OtherUse> {
  if (!existsSync(paths.buildSteps(at))) return { layers: [], blobs: [] }
  const { cacheUse } = await import('../build/cache-use.ts')
  return cacheUse(at)
}
