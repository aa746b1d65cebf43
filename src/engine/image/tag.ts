// tag and untag: more names and fewer names for one image, or for a manifest list.

import { EngineError, invalid } from '../../base/errors.ts'
import { parseTypedReference, printReference, qualify, withDefaultTag, withoutTag } from '../../image/reference.ts'
import { currentSchema } from '../../state/record.ts'
import { listNames, namesOf, readImage, readName } from '../../transport/image-records.ts'
import { dropName, lockImages, putName } from '../../transport/image-store.ts'
import { readManifestList } from '../../transport/manifest-lists.ts'
import { writeOciIndex } from '../../transport/oci-index.ts'
import type { Engine } from '../engine.ts'
import { imageUnknown, type ResolvedImage, type ResolvedList, resolveStored } from './resolve.ts'

/** A name that another image has moves to this one. Idempotent. @throws not-found `image-unknown`; invalid */
export async function tag(engine: Engine, image: string, names: readonly string[]): Promise<void> {
  const references = names.map((name) => targetName(name))
  const id = idOf(await resolveStored(engine, image))
  using _lock = await lockImages(engine.at, engine.patience)
  if (readImage(engine.at, id) === undefined && readManifestList(engine.at, id) === undefined) throw imageUnknown(image)
  for (const reference of references) {
    putName(engine.at, { schema: currentSchema, reference, imageId: id, taggedAt: engine.clock.now() })
    engine.events.append({ type: 'image', status: 'tag', id, name: reference })
  }
}

/** Without `names` all of them go; the image stays. @throws not-found `image-unknown`, `tag-unknown` */
export async function untag(engine: Engine, image: string, names: readonly string[]): Promise<void> {
  const id = idOf(await resolveStored(engine, image))
  const references = names.length === 0 ? namesOf(listNames(engine.at), id) : names.map((name) => knownName(name))
  using _lock = await lockImages(engine.at, engine.patience)
  for (const [at, reference] of references.entries()) {
    if (readName(engine.at, reference)?.imageId !== id) throw tagUnknown(names[at] ?? reference)
  }
  for (const reference of references) {
    dropName(engine.at, reference)
    engine.events.append({ type: 'image', status: 'untag', id, name: reference })
  }
  writeOciIndex(engine.at)
}

function idOf(found: ResolvedImage | ResolvedList): string {
  return 'record' in found ? found.record.id : found.list.id
}

/** What a new name is: a short one belongs to `localhost`. @throws invalid `reference-malformed`, `reference-has-digest` */
export function targetName(text: string): string {
  const reference = withDefaultTag(qualify(parseTypedReference(text), 'localhost'))
  if (reference.digest !== undefined) throw invalid('reference-has-digest', `${text}: tag by digest not supported`)
  return printReference(reference)
}

/** A pull by digest left `repository@digest`. */
function knownName(text: string): string {
  const reference = qualify(parseTypedReference(text), 'localhost')
  return reference.digest === undefined ? targetName(text) : printReference(withoutTag(reference))
}

function tagUnknown(name: string): EngineError {
  return new EngineError({ kind: 'not-found', code: 'tag-unknown', message: `${name}: tag not known` })
}
