// Changes of a manifest list. Pure.

import type { Digest } from '../base/digest.ts'
import { EngineError } from '../base/errors.ts'
import type { EntryPlatform, PlatformDescriptor } from './descriptor.ts'
import type { ListEntry, ManifestListRecord } from './manifest-list.ts'

/** What is given is set; the rest stays. */
export interface EntryNotes {
  readonly annotations?: Readonly<Record<string, string>>
  readonly platform?: Partial<EntryPlatform>
}

export interface ListNotes {
  readonly annotations?: Readonly<Record<string, string>>
  readonly subject?: PlatformDescriptor
}

/** An entry that is there already moves to the end. */
export function putEntries(list: ManifestListRecord, entries: readonly ListEntry[]): ManifestListRecord {
  const fresh = new Map(entries.map((entry) => [entry.digest, entry]))
  return { ...list, entries: [...list.entries.filter(({ digest }) => !fresh.has(digest)), ...fresh.values()] }
}

/** @throws not-found `list-entry-unknown` */
export function dropEntry(list: ManifestListRecord, digest: Digest): ManifestListRecord {
  const entries = list.entries.filter((entry) => entry.digest !== digest)
  if (entries.length < list.entries.length) return { ...list, entries }
  throw entryUnknown(digest)
}

/** @throws not-found `list-entry-unknown` */
export function annotateEntry(list: ManifestListRecord, digest: Digest, notes: EntryNotes): ManifestListRecord {
  if (!list.entries.some((entry) => entry.digest === digest)) throw entryUnknown(digest)
  const entries = list.entries.map((entry) => (entry.digest === digest ? annotated(entry, notes) : entry))
  return { ...list, entries }
}

function annotated(entry: ListEntry, { annotations, platform }: EntryNotes): ListEntry {
  const isPlaced = platform !== undefined && Object.keys(platform).length > 0
  return {
    ...entry,
    ...(annotations === undefined ? {} : { annotations: { ...entry.annotations, ...annotations } }),
    ...(isPlaced ? { platform: { os: '', architecture: '', ...entry.platform, ...platform } } : {}),
  }
}

export function annotateList(list: ManifestListRecord, { annotations, subject }: ListNotes): ManifestListRecord {
  return {
    ...list,
    annotations: { ...list.annotations, ...annotations },
    ...(subject === undefined ? {} : { subject }),
  }
}

function entryUnknown(digest: Digest): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'list-entry-unknown',
    message: `no instance matching digest "${digest}" found in manifest list: file does not exist`,
    hint: 'The digests of its entries are in: gantry manifest inspect LIST',
  })
}
