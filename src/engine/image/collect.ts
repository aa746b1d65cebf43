// What removing verbs do last: take away what nothing refers to any more.

import { collectGarbage, emptyTrash } from '../../transport/collect.ts'
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
  return collectGarbage(
    engine.at,
    containerUses(engine.at).flatMap((use) => use.layers),
  )
}
