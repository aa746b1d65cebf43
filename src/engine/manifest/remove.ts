// manifest remove: an entry out of a list.

import { type Digest, isDigest } from '../../base/digest.ts'
import { invalid } from '../../base/errors.ts'
import { dropEntry } from '../../image/edit-manifest-list.ts'
import type { Engine } from '../engine.ts'
import { changeList } from './find-list.ts'

/** Answers the list's id. @throws invalid `digest-malformed`; not-found `image-unknown`, `list-entry-unknown` */
export async function remove(engine: Engine, text: string, digest: string): Promise<string> {
  if (!isDigest(digest)) {
    throw invalid('digest-malformed', `invalid image digest "${digest}": invalid checksum digest format`)
  }
  const { id } = await changeList(engine, text, (list) => dropEntry(list, digest as Digest))
  return id
}
