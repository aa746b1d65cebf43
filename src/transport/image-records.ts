// What our store knows of images and their names, for those who read: takes no lock. image-store.ts changes it.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import type { ImageName, ImageRecord } from '../image/record.ts'
import { type Layout, paths } from '../state/layout.ts'
import { readRecord, type Versioned } from '../state/record.ts'

export function readImage(at: Layout, id: string): ImageRecord | undefined {
  return readRecord<ImageRecord>(paths.image(at, id))
}

/** In no order. One damaged record does not hide the others: see engine/system/check-images.ts. */
export function listImages(at: Layout): ImageRecord[] {
  return readableRecordsIn<ImageRecord>(paths.images(at))
}

/** For those who must not miss one. @throws corrupt `record-unreadable` */
export function listImagesOrThrow(at: Layout): ImageRecord[] {
  return recordFiles(paths.images(at)).flatMap((path) => readRecord<ImageRecord>(path) ?? [])
}

/** Ids alone, without reading a record. */
export function listImageIds(at: Layout): string[] {
  return idsIn(paths.images(at))
}

export function readName(at: Layout, reference: string): ImageName | undefined {
  return readRecord<ImageName>(paths.imageName(at, reference))
}

/** In no order. A name whose image is gone is left out by its user. */
export function listNames(at: Layout): ImageName[] {
  return readableRecordsIn<ImageName>(paths.imageNames(at))
}

/** Paths of names that cannot be read. */
export function damagedNameFiles(at: Layout): string[] {
  return recordFiles(paths.imageNames(at)).filter(
    (path) => existsSync(path) && readableRecord<ImageName>(path) === undefined && existsSync(path),
  )
}

function readableRecord<T extends Versioned>(path: string): T | undefined {
  try {
    return readRecord<T>(path)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return undefined
    throw error
  }
}

/** Names of one image, the newest first, as podman has them. */
export function namesOf(names: readonly ImageName[], imageId: string): string[] {
  return names
    .filter((name) => name.imageId === imageId)
    .sort((a, b) => compare(b.taggedAt, a.taggedAt) || compare(a.reference, b.reference))
    .map(({ reference }) => reference)
}

/** What it was ever tagged with: the names that it has, the oldest first, then those that it had, the latest first. */
export function nameHistoryOf(names: readonly ImageName[], image: Pick<ImageRecord, 'id' | 'nameHistory'>): string[] {
  const own = names.filter(({ imageId }) => imageId === image.id).sort((a, b) => compare(a.taggedAt, b.taggedAt))
  const current = own.map(({ reference }) => reference)
  return [...current, ...(image.nameHistory ?? []).filter((name) => !current.includes(name))]
}

/** In no order; damaged ones are left out. */
export function readableRecordsIn<T extends Versioned>(folder: string): T[] {
  return recordFiles(folder).flatMap((path) => readableRecord<T>(path) ?? [])
}

/** Of records that are files named after their ids. */
export function idsIn(folder: string): string[] {
  return recordFiles(folder).map((path) => path.slice(path.lastIndexOf('/') + 1, -'.json'.length))
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function recordFiles(folder: string): string[] {
  const names = absentAsUndefined(() => readdirSync(folder)) ?? []
  return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name))
}

/** Every digest that names the image: its manifest's, and those it was found by. */
export function digestsOf(image: ImageRecord): Digest[] {
  return [...new Set([image.manifestDigest, ...(image.repoDigests as Digest[])])]
}
