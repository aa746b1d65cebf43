// Manifest lists: their records and artifacts. The images that entries name lie elsewhere, or may go: that is no damage.

import { EngineError } from '../../base/errors.ts'
import { blobsOfList, type ManifestListRecord } from '../../image/manifest-list.ts'
import { hasBlob } from '../../transport/blob-store.ts'
import { listNames, namesOf } from '../../transport/image-records.ts'
import { dropName, lockImages } from '../../transport/image-store.ts'
import { dropManifestList, manifestListIds, readManifestList } from '../../transport/manifest-lists.ts'
import { writeOciIndex } from '../../transport/oci-index.ts'
import type { Engine } from '../engine.ts'
import type { Problem } from './problem.ts'

export function checkManifestLists(engine: Engine): Problem[] {
  return manifestListIds(engine.at).flatMap((id): Problem[] => {
    const list = readOrDamaged(engine, id)
    if (list === undefined) return []
    return list === 'damaged' ? [damagedRecord(engine, id)] : missingBlobs(engine, list)
  })
}

function readOrDamaged(engine: Engine, id: string): ManifestListRecord | 'damaged' | undefined {
  try {
    return readManifestList(engine.at, id)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return 'damaged'
    throw error
  }
}

function damagedRecord(engine: Engine, id: string): Problem {
  return {
    code: 'manifest-list-unreadable',
    message: `the record of manifest list ${id.slice(0, 12)} (${calledText(engine, id)}) is damaged: create it again`,
    remove: async () => removeList(engine, id),
  }
}

function missingBlobs(engine: Engine, list: ManifestListRecord): Problem[] {
  const missing = blobsOfList(list).filter((digest) => !hasBlob(engine.at, digest))
  return [...new Set(missing)].map((digest) => ({
    code: 'manifest-list-blob-missing',
    message: `blob ${digest} of manifest list ${list.id.slice(0, 12)} (${calledText(engine, list.id)}) is missing: add its artifact again`,
    remove: async () => removeList(engine, list.id),
  }))
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
