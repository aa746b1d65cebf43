// Changes of the images in our store and of their names: whoever makes one holds the images lock. image-records.ts reads.

import { closeSync, openSync } from 'node:fs'
import type { ImageName, ImageRecord } from '../image/record.ts'
import { removeFile, syncFolder } from '../os/atomic-file.ts'
import { native } from '../os/native.ts'
import { type Layout, paths } from '../state/layout.ts'
import { acquireLock, type HeldLock, type LockPatience } from '../state/lock.ts'
import { draftRecord, writeRecord } from '../state/record.ts'
import { hasBlob } from './blob-store.ts'
import { readImage } from './image-records.ts'
import { writeOciIndex } from './oci-index.ts'

/** Held for publishing, untagging and collecting: never while bytes come from elsewhere. */
export async function lockImages(at: Layout, patience: LockPatience): Promise<HeldLock> {
  return acquireLock({ path: paths.imagesLock(at), kind: 'image', label: 'the table of images' }, patience)
}

/**
 * Makes an image visible: everything it refers to is synced first, then come the record and its names. The images lock is held.
 * An image that is there already keeps its record (and its blobs) unless those are gone, and learns the new digests.
 */
export function publishImage(at: Layout, record: ImageRecord, names: readonly ImageName[]): ImageRecord {
  const old = readImage(at, record.id)
  const merged = old === undefined ? record : merge(at, old, record)
  const published = withHistory(
    merged,
    names.map((name) => name.reference),
  )
  using drafts = new DisposableStack()
  const records = [
    drafts.use(draftRecord(paths.image(at, record.id), published)),
    ...names.map((name) => drafts.use(draftRecord(paths.imageName(at, name.reference), name))),
  ]
  syncStore(at)
  for (const draft of records) draft.publish()
  // A file system with a journal makes these renames durable with the index: then the folders wait for nothing.
  writeOciIndex(at)
  syncFolder(paths.images(at))
  if (names.length > 0) syncFolder(paths.imageNames(at))
  return published
}

/** The images lock is held. */
export function putName(at: Layout, name: ImageName): void {
  const record = readImage(at, name.imageId)
  if (record !== undefined) writeRecord(paths.image(at, name.imageId), withHistory(record, [name.reference]))
  writeRecord(paths.imageName(at, name.reference), name)
  writeOciIndex(at)
}

/** Idempotent; needs no free space. The images lock is held. */
export function dropName(at: Layout, reference: string): void {
  removeFile(paths.imageName(at, reference))
  syncFolder(paths.imageNames(at))
}

/** Idempotent; needs no free space. The images lock is held, and no name leads to it any more. */
export function dropImage(at: Layout, id: string): void {
  removeFile(paths.image(at, id))
  syncFolder(paths.images(at))
}

function merge(at: Layout, old: ImageRecord, fresh: ImageRecord): ImageRecord {
  const isWhole = [old.manifestDigest, old.configDigest, ...old.layers.map((layer) => layer.blob)].every((blob) =>
    hasBlob(at, blob),
  )
  const base = isWhole ? old : fresh
  const digests = new Set<string>([...old.repoDigests, ...fresh.repoDigests])
  for (const digest of [old.manifestDigest, fresh.manifestDigest])
    if (digest !== base.manifestDigest) digests.add(digest)
  return {
    ...base,
    ...mergedSignatures(old, fresh, base),
    repoDigests: [...digests],
    nameHistory: old.nameHistory ?? [],
  }
}

/** Signatures are of one manifest: those of another do not count for it. */
function mergedSignatures(old: ImageRecord, fresh: ImageRecord, base: ImageRecord): Pick<ImageRecord, 'signatures'> {
  const own = [old, fresh].filter((record) => record.manifestDigest === base.manifestDigest)
  const signatures = [...new Set(own.flatMap((record) => record.signatures ?? []))]
  return signatures.length === 0 ? {} : { signatures }
}

function withHistory(record: ImageRecord, names: readonly string[]): ImageRecord {
  const old = record.nameHistory ?? []
  const fresh = names.filter((name) => !old.includes(name))
  return { ...record, nameHistory: [...fresh, ...old] }
}

/** One syncfs for all blobs and layers of an image: far cheaper than an fsync for each. */
export function syncStore(at: Layout): void {
  const fd = openSync(at.root, 'r')
  try {
    native().syncfs(fd)
  } finally {
    closeSync(fd)
  }
}
