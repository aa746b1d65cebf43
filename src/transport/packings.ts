// What plain layers of our store became when they were packed for a registry, so that a push need not pack again what is there.
// Only a memory: one that is lost or cannot be read costs time. Written under the images lock; a collection takes away those of layers gone.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, digestHex } from '../base/digest.ts'
import { absentAsUndefined } from '../base/errors.ts'
import type { Descriptor } from '../image/descriptor.ts'
import { removeFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { type Layout, paths } from '../state/layout.ts'
import { tryAcquireLock } from '../state/lock.ts'
import { currentSchema, readRecord, type Versioned, writeRecord } from '../state/record.ts'
import { hasBlob } from './blob-store.ts'
import type { PackingCodec } from './choose-packing.ts'

export interface Packed {
  readonly layer: Descriptor
  readonly codec: PackingCodec
  readonly level?: number
}

interface PackingRecord extends Versioned {
  readonly diffId: Digest
  /** The latest first. */
  readonly packed: readonly Packed[]
}

export interface WantedPacking {
  readonly diffId: Digest
  readonly codec: PackingCodec
  readonly level: number | undefined
}

const mostPerLayer = 8

/** What it became when it was last packed that way. Lock-free. */
export function knownPacking(at: Layout, { diffId, codec, level }: WantedPacking): Packed | undefined {
  return readPacked(at, diffId).find((one) => one.codec === codec && one.level === level)
}

/** Only of a layer that lies in the store, and only if nobody is busy with it. */
export function rememberPacking(at: Layout, wanted: WantedPacking, layer: Descriptor): void {
  const { diffId, codec, level } = wanted
  if (!hasBlob(at, diffId)) return
  using lock = tryAcquireLock({ path: paths.imagesLock(at), kind: 'image', label: 'the table of images' })
  if (lock === undefined) return
  const old = readPacked(at, diffId)
  const own: Packed = { layer, codec, ...(level === undefined ? {} : { level }) }
  const packed = [own, ...old.filter((one) => one.layer.digest !== layer.digest)].slice(0, mostPerLayer)
  makeFolders(paths.packings(at), 0o700)
  const record: PackingRecord = { schema: currentSchema, diffId, packed }
  writeRecord(paths.packing(at, diffId), record, { durable: false, isFolderSynced: false })
}

/** The images lock is held. Needs no free space. */
export function dropPackings(at: Layout, used: ReadonlySet<string>): void {
  const kept = new Set([...used].map((diffId) => `${digestHex(diffId as Digest)}.json`))
  const names = absentAsUndefined(() => readdirSync(paths.packings(at))) ?? []
  for (const name of names) if (!kept.has(name)) removeFile(join(paths.packings(at), name))
}

function readPacked(at: Layout, diffId: Digest): readonly Packed[] {
  try {
    return readRecord<PackingRecord>(paths.packing(at, diffId))?.packed ?? []
  } catch {
    // After a power cut it may be damaged.
    return []
  }
}
