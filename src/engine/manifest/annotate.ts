// manifest annotate: what a list says of one of its entries, or (index) of itself.

import { basename } from 'node:path'
import { type Digest, digestOf, isDigest } from '../../base/digest.ts'
import type { PlatformDescriptor } from '../../image/descriptor.ts'
import { annotateEntry, annotateList, type EntryNotes } from '../../image/edit-manifest-list.ts'
import { parseManifest } from '../../image/manifest.ts'
import type { ManifestListRecord } from '../../image/manifest-list.ts'
import { digestsOf } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
import { withSource } from '../image/outward-source.ts'
import { findImage } from '../image/resolve.ts'
import { changeList, findList } from './find-list.ts'
import { findOrigin, nameInStore } from './read-entries.ts'

/** Answers the list's id. `entry` is a digest, a file that was added as an artifact, or an image. @throws not-found `image-unknown`, `list-entry-unknown`; invalid `image-no-list` */
export async function annotate(
  engine: Engine,
  text: string,
  of: { entry: string; notes: EntryNotes },
): Promise<string> {
  const { list } = await findList(engine, text)
  const digest = await digestOfEntry(engine, list, of.entry)
  return (await changeList(engine, text, (current) => annotateEntry(current, digest, of.notes))).id
}

async function digestOfEntry(engine: Engine, { entries }: ManifestListRecord, text: string): Promise<Digest> {
  if (isDigest(text)) return text
  const added = entries.find(({ source }) => typeof source === 'object' && isAmong(source.files, text))
  if (added !== undefined) return added.digest
  const name = nameInStore(text)
  const stored = name === undefined ? undefined : await findImage(engine, name)
  const known = stored === undefined ? [] : digestsOf(stored.record)
  const entry = entries.find(({ digest }) => known.includes(digest))
  return entry?.digest ?? (await readDescriptor(engine, text)).digest
}

/** A file by its path or its name. */
function isAmong(files: readonly string[], text: string): boolean {
  return files.some((file) => file === text || basename(file) === basename(text))
}

export interface IndexNotes {
  readonly annotations: Readonly<Record<string, string>>
  /** An image that the list is about. */
  readonly subject?: string
}

/** As annotate, of the list itself. */
export async function annotateIndex(
  engine: Engine,
  text: string,
  { annotations, subject }: IndexNotes,
): Promise<string> {
  const described = subject === undefined ? {} : { subject: await readDescriptor(engine, subject) }
  return (await changeList(engine, text, (list) => annotateList(list, { annotations, ...described }))).id
}

/** As an index refers to it. @throws not-found; denied; unavailable; corrupt */
export async function readDescriptor(engine: Engine, image: string): Promise<PlatformDescriptor> {
  const origin = await findOrigin(engine, image, {})
  const { bytes, mediaType } = await withSource(engine, { origin, access: {} }, async (source) => source.readManifest())
  return { mediaType: parseManifest(bytes, mediaType).mediaType, digest: digestOf(bytes), size: bytes.length }
}
