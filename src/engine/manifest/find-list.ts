// What a user typed → a manifest list of the store.

import { type EngineError, invalid } from '../../base/errors.ts'
import type { ManifestListRecord } from '../../image/manifest-list.ts'
import { lockImages } from '../../transport/image-store.ts'
import { putManifestList, readManifestList } from '../../transport/manifest-lists.ts'
import type { Engine } from '../engine.ts'
import { imageUnknown, type ResolvedList, resolveStored } from '../image/resolve.ts'

/** Lock-free. @throws not-found `image-unknown`; invalid `image-no-list` */
export async function findList(engine: Engine, text: string): Promise<ResolvedList> {
  const found = await resolveStored(engine, text)
  if ('list' in found) return found
  throw notAList(text)
}

export function notAList(text: string): EngineError {
  return invalid('image-no-list', `${text}: image is not a manifest list`)
}

/** Changes the list as it is when the lock is held: of two at once neither change is lost. @throws as findList; what `change` throws */
export async function changeList(
  engine: Engine,
  text: string,
  change: (list: ManifestListRecord) => ManifestListRecord,
): Promise<ManifestListRecord> {
  const { list } = await findList(engine, text)
  using _lock = await lockImages(engine.at, engine.patience)
  const current = readManifestList(engine.at, list.id)
  if (current === undefined) throw imageUnknown(text)
  const changed = change(current)
  putManifestList(engine.at, changed)
  return changed
}
