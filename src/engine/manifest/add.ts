// manifest add: images as entries of a list.

import { annotateEntry, type EntryNotes, putEntries } from '../../image/edit-manifest-list.ts'
import type { ListEntry } from '../../image/manifest-list.ts'
import type { Engine } from '../engine.ts'
import { changeList, findList } from './find-list.ts'
import { type EntryRequest, readEntries } from './read-entries.ts'

export interface EntriesToAdd extends EntryRequest {
  readonly images: readonly string[]
  /** Of each image: where that is a list of several, of its first. */
  readonly notes: EntryNotes
}

/** Answers the list's id. All are added, or none. @throws not-found `image-unknown`; invalid `image-no-list`; as readEntries */
export async function add(engine: Engine, text: string, wanted: EntriesToAdd): Promise<string> {
  await findList(engine, text)
  const found: ListEntry[][] = []
  for (const image of wanted.images) found.push(await readEntries(engine, image, wanted))
  const { id } = await changeList(engine, text, (list) =>
    found.reduce((changed, entries) => {
      const [first] = entries
      const grown = putEntries(changed, entries)
      return first === undefined ? grown : annotateEntry(grown, first.digest, wanted.notes)
    }, list),
  )
  return id
}
