// The manifest lists of our store. Their names are names of images: one namespace, in names/image/. Reading takes no lock; whoever changes
// one holds the images lock. A list keeps no image: what an entry names may be gone when it is wanted. It keeps the artifacts that were added as files.

import type { ManifestListRecord } from '../image/manifest-list.ts'
import type { ImageName } from '../image/record.ts'
import { removeFile, syncFolder } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { type Layout, paths } from '../state/layout.ts'
import { readRecord, writeRecord } from '../state/record.ts'
import { idsIn, readableRecordsIn } from './image-records.ts'
import { putName } from './image-store.ts'

/** @throws corrupt `record-unreadable` */
export function readManifestList(at: Layout, id: string): ManifestListRecord | undefined {
  return readRecord<ManifestListRecord>(paths.manifestList(at, id))
}

/** In no order; a damaged one is left out. */
export function listManifestLists(at: Layout): ManifestListRecord[] {
  return readableRecordsIn<ManifestListRecord>(paths.manifestLists(at))
}

/** For those who must not miss one. @throws corrupt `record-unreadable` */
export function listManifestListsOrThrow(at: Layout): ManifestListRecord[] {
  return manifestListIds(at).flatMap((id) => readManifestList(at, id) ?? [])
}

export function manifestListIds(at: Layout): string[] {
  return idsIn(paths.manifestLists(at))
}

/** The images lock is held. */
export function putManifestList(at: Layout, list: ManifestListRecord): void {
  const made = makeFolders(paths.manifestLists(at), 0o700)
  if (made !== undefined) syncFolder(at.root)
  writeRecord(paths.manifestList(at, list.id), list)
}

/** Makes a list visible: its record, then its name. The images lock is held. */
export function publishManifestList(at: Layout, list: ManifestListRecord, name: ImageName): void {
  putManifestList(at, list)
  putName(at, name)
}

/** Idempotent; needs no free space. The images lock is held, and no name leads to it any more. */
export function dropManifestList(at: Layout, id: string): void {
  removeFile(paths.manifestList(at, id))
  syncFolder(paths.manifestLists(at))
}
