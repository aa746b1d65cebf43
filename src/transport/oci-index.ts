// `index.json` and `oci-layout` beside our blobs, which make $ROOT an OCI image layout for other tools. We read them never: they are made
// from the records, so that a lost one is made anew by the next change.

import { closeSync, ftruncateSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'
import { replaceFile } from '../os/atomic-file.ts'
import { type Layout, paths } from '../state/layout.ts'
import { tryAcquireLock } from '../state/lock.ts'
import { blobSize } from './blob-store.ts'
import { listImages, listNames, namesOf } from './image-records.ts'

const layoutText = '{"imageLayoutVersion":"1.0.0"}'

/** The images lock is held. On a full disk an index that is there is written over. */
export function writeOciIndex(at: Layout): void {
  if (absentAsUndefined(() => readFileSync(paths.ociLayout(at), 'utf8')) !== layoutText)
    replaceFile(paths.ociLayout(at), layoutText)
  const text = indexText(at)
  try {
    replaceFile(paths.ociIndex(at), text)
  } catch (error) {
    if (errnoOf(error) !== 'ENOSPC' && errnoOf(error) !== 'EDQUOT') throw error
    overwrite(paths.ociIndex(at), text)
  }
}

/** Whether the index says what the records say. Lock-free: without the images lock it may be about to be written. */
export function isOciIndexCurrent(at: Layout): boolean {
  const text = absentAsUndefined(() => readFileSync(paths.ociIndex(at), 'utf8'))
  return text === undefined ? listImages(at).length === 0 : text === indexText(at)
}

/** Rewrites an index that a killed change left behind, seen by its age. Three calls where there is nothing; waits for nobody. */
export function sweepOciIndex(at: Layout): boolean {
  if (!isOlderThanRecords(at)) return false
  using lock = tryAcquireLock({ path: paths.imagesLock(at), kind: 'image', label: 'the table of images' })
  if (lock === undefined || !isOlderThanRecords(at)) return false
  writeOciIndex(at)
  return true
}

function isOlderThanRecords(at: Layout): boolean {
  const changedAt = (path: string) => absentAsUndefined(() => statSync(path))?.mtimeMs ?? 0
  const records = Math.max(changedAt(paths.images(at)), changedAt(paths.imageNames(at)))
  const index = changedAt(paths.ociIndex(at))
  return index === 0 ? listImages(at).length > 0 : index < records
}

function indexText(at: Layout): string {
  const names = listNames(at)
  const manifests = listImages(at).flatMap((image) => {
    const size = blobSize(at, image.manifestDigest)
    if (size === undefined) return []
    const entry = { mediaType: image.manifestType, digest: image.manifestDigest, size }
    const own = namesOf(names, image.id)
    return own.length === 0
      ? [entry]
      : own.map((name) => ({ ...entry, annotations: { 'org.opencontainers.image.ref.name': name } }))
  })
  // Folders are listed in no order.
  manifests.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  return JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests })
}

/** Takes no new block as long as it does not grow. */
function overwrite(path: string, text: string): void {
  const fd = openSync(path, 'r+')
  try {
    writeFileSync(fd, text)
    ftruncateSync(fd, Buffer.byteLength(text))
  } finally {
    closeSync(fd)
  }
}
