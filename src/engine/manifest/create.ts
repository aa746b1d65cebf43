// manifest create: a list under a name that nothing has, or (amend) more entries for one that is there.

import { EngineError } from '../../base/errors.ts'
import { newId } from '../../base/ids.ts'
import { annotateList, putEntries } from '../../image/edit-manifest-list.ts'
import type { ManifestListRecord } from '../../image/manifest-list.ts'
import { currentSchema } from '../../state/record.ts'
import { readImage, readName } from '../../transport/image-records.ts'
import { lockImages } from '../../transport/image-store.ts'
import { publishManifestList, putManifestList, readManifestList } from '../../transport/manifest-lists.ts'
import type { Engine } from '../engine.ts'
import { targetName } from '../image/tag.ts'
import { type EntryRequest, readEntries } from './read-entries.ts'

export interface ListToCreate extends EntryRequest {
  readonly name: string
  readonly images: readonly string[]
  readonly annotations: Readonly<Record<string, string>>
  /** A list that has the name is added to. */
  readonly isAmended: boolean
}

/** Answers the list's id. Nothing is made unless every image was found. @throws already-exists `image-name-taken`; as readEntries */
export async function create(engine: Engine, wanted: ListToCreate): Promise<string> {
  const reference = targetName(wanted.name)
  holderOf(engine, reference, wanted.isAmended)
  const entries = []
  for (const image of wanted.images) entries.push(...(await readEntries(engine, image, wanted)))
  using _lock = await lockImages(engine.at, engine.patience)
  const old = holderOf(engine, reference, wanted.isAmended)
  const list = putEntries(annotateList(old ?? emptyList(engine), wanted), entries)
  const name = { schema: currentSchema, reference, imageId: list.id, taggedAt: engine.clock.now() }
  if (old === undefined) publishManifestList(engine.at, list, name)
  else putManifestList(engine.at, list)
  return list.id
}

function emptyList(engine: Engine): ManifestListRecord {
  return { schema: currentSchema, id: newId(), createdAt: engine.clock.now(), annotations: {}, entries: [] }
}

/** The list that has the name and is to be amended. @throws already-exists `image-name-taken` */
function holderOf({ at }: Engine, reference: string, isAmended: boolean): ManifestListRecord | undefined {
  const id = readName(at, reference)?.imageId
  if (id === undefined) return undefined
  const list = readManifestList(at, id)
  if (list === undefined && readImage(at, id) === undefined) return undefined
  if (list !== undefined && isAmended) return list
  throw new EngineError({
    kind: 'already-exists',
    code: 'image-name-taken',
    message: `image name "${reference}" is already associated with image "${id}": that name is already in use`,
    hint: list === undefined ? 'Choose another name.' : 'To add to that list: manifest create --amend',
  })
}
