// Manifest lists: their records. What entries name lies elsewhere, or may go: that is no damage.

import { EngineError } from '../../base/errors.ts'
import { listNames, namesOf } from '../../transport/image-records.ts'
import { dropName, lockImages } from '../../transport/image-store.ts'
import { dropManifestList, manifestListIds, readManifestList } from '../../transport/manifest-lists.ts'
import { writeOciIndex } from '../../transport/oci-index.ts'
import type { Engine } from '../engine.ts'
import type { Problem } from './problem.ts'

export function checkManifestLists(engine: Engine): Problem[] {
  return manifestListIds(engine.at)
    .filter((id) => isDamaged(engine, id))
    .map((id) => ({
      code: 'manifest-list-unreadable',
      message: `the record of manifest list ${id.slice(0, 12)} (${calledText(engine, id)}) is damaged: create it again`,
      remove: async () => removeList(engine, id),
    }))
}

function isDamaged(engine: Engine, id: string): boolean {
  try {
    readManifestList(engine.at, id)
    return false
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return true
    throw error
  }
}

function calledText(engine: Engine, id: string): string {
  return namesOf(listNames(engine.at), id).join(', ') || 'without a name'
}

async function removeList(engine: Engine, id: string): Promise<void> {
  using _lock = await lockImages(engine.at, engine.patience)
  for (const name of namesOf(listNames(engine.at), id)) dropName(engine.at, name)
  dropManifestList(engine.at, id)
  writeOciIndex(engine.at)
}
