// The volumes on disk. A volume is a folder that is never empty, built under a passing name and renamed in: the kernel renames no folder over one
// that holds something, so the name is claimed by that very rename. It is renamed out before it is deleted. Whoever makes or deletes one holds a
// lock on the passing folder; found without it, it is a dead process's.

import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import { syncFolder, writeNewFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { native } from '../os/native.ts'
import { removeTree } from '../os/remove-tree.ts'
import { type Layout, paths, volumeFiles } from '../state/layout.ts'
import { acquireLock, holdFolder, isLockHeld, type LockPatience } from '../state/lock.ts'
import { readRecord, writeRecord } from '../state/record.ts'
import { reopenGrave } from '../state/trash.ts'
import { isVolumeName } from './volume-name.ts'
import type { VolumeRecord } from './volume-record.ts'

const passing = /^\.[0-9a-f]{12}\.tmp$/

/** Lock-free; undefined where there is none. @throws corrupt `record-unreadable` */
export function readVolume(at: Layout, name: string): VolumeRecord | undefined {
  return isVolumeName(name) ? readRecord<VolumeRecord>(join(paths.volume(at, name), volumeFiles.record)) : undefined
}

/** In no order. Lock-free. */
export function volumeNames(at: Layout): string[] {
  return (absentAsUndefined(() => readdirSync(paths.volumes(at))) ?? []).filter(isVolumeName)
}

/** By name; one that is removed meanwhile is left out. */
export function listVolumes(at: Layout): VolumeRecord[] {
  return volumeNames(at)
    .sort()
    .flatMap((name) => readVolume(at, name) ?? [])
}

/** Where the content lies. */
export function volumeData(at: Layout, name: string): string {
  return join(paths.volume(at, name), volumeFiles.data)
}

export interface VolumeCradle extends Disposable {
  /** False when the name is taken. Durable once it returns true; needs hardly any space. */
  publish(): boolean
}

/** `fillData` puts into the folder what the volume begins with, and syncs it. Disposed without `publish`, it leaves nothing. */
export function buildVolume(at: Layout, record: VolumeRecord, fillData?: (data: string) => void): VolumeCradle {
  makeFolders(paths.volumes(at), 0o700)
  const { folder, hold } = makeHeld(at)
  try {
    fill(folder, record, fillData)
  } catch (error) {
    removeTree(folder)
    hold[Symbol.dispose]()
    throw error
  }
  let isPublished = false
  return {
    publish() {
      isPublished = renameIn(folder, paths.volume(at, record.name))
      if (isPublished) syncFolder(paths.volumes(at))
      return isPublished
    },
    [Symbol.dispose]() {
      if (!isPublished) removeTree(folder)
      hold[Symbol.dispose]()
    },
  }
}

/** A sweep that comes between the folder and the holding of it takes it for a dead maker's: then another is made. */
function makeHeld(at: Layout): { folder: string; hold: Disposable } {
  for (;;) {
    const folder = paths.volumeInPassing(at, randomHex(6))
    mkdirSync(folder, { mode: 0o700 })
    const hold = absentAsUndefined(() => holdFolder(folder))
    if (hold !== undefined && existsSync(folder)) return { folder, hold }
    hold?.[Symbol.dispose]()
  }
}

function fill(folder: string, record: VolumeRecord, fillData: ((data: string) => void) | undefined): void {
  const data = join(folder, volumeFiles.data)
  mkdirSync(data)
  chmodSync(data, 0o755)
  const { uid, gid } = record.owner ?? { uid: 0, gid: 0 }
  if (uid !== 0 || gid !== 0) native().lchown(data, uid, gid)
  fillData?.(data)
  writeFileSync(join(folder, volumeFiles.lock), '', { mode: 0o600 })
  writeNewFile(join(folder, volumeFiles.record), `${JSON.stringify(record)}\n`)
  syncFolder(folder)
}

function renameIn(folder: string, target: string): boolean {
  try {
    renameSync(folder, target)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

export interface LockedVolume extends Disposable {
  readonly record: VolumeRecord
}

/** Undefined when there is no such volume. @throws unavailable `lock-timeout` */
export async function lockVolume(at: Layout, name: string, patience: LockPatience): Promise<LockedVolume | undefined> {
  if (!isVolumeName(name)) return undefined
  const path = join(paths.volume(at, name), volumeFiles.lock)
  if (!existsSync(path)) return undefined
  try {
    const lock = await acquireLock({ path, kind: 'volume', label: `volume ${name}` }, patience)
    const record = lock.isCurrent ? readVolume(at, name) : undefined
    if (record !== undefined) return { record, [Symbol.dispose]: () => lock[Symbol.dispose]() }
    lock[Symbol.dispose]()
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
  return undefined
}

/** The volume's lock is held. */
export function saveVolume(at: Layout, record: VolumeRecord): void {
  const folder = paths.volume(at, record.name)
  writeRecord(join(folder, volumeFiles.record), record, { temporary: join(folder, volumeFiles.draft) })
}

/** The volume's lock is held, and nothing is mounted in it. Durable; needs no free space. @throws conflict `tree-has-mount` */
export function deleteVolume(at: Layout, name: string): void {
  const folder = paths.volume(at, name)
  using _hold = holdFolder(folder)
  const grave = renameOut(at, folder)
  syncFolder(paths.volumes(at))
  removeTree(grave)
}

function renameOut(at: Layout, folder: string): string {
  const grave = paths.volumeInPassing(at, randomHex(6))
  try {
    renameSync(folder, grave)
    return grave
  } catch (error) {
    if (errnoOf(error) !== 'ENOSPC' && errnoOf(error) !== 'EDQUOT') throw error
    // No block left for one more entry: without its record it is no volume any more, and is deleted where it stands.
    unlinkSync(join(folder, volumeFiles.record))
    return folder
  }
}

/** Paths of what nobody makes or deletes any more. Lock-free. */
export function abandonedVolumes(at: Layout): string[] {
  const names = absentAsUndefined(() => readdirSync(paths.volumes(at))) ?? []
  return names
    .filter((name) => passing.test(name))
    .map((name) => join(paths.volumes(at), name))
    .filter((path) => !isLockHeld(path))
}

/** Removes them, and answers their paths. Idempotent; needs no free space. */
export function sweepAbandonedVolumes(at: Layout): string[] {
  return abandonedVolumes(at).filter((path) => {
    using grave = reopenGrave(path)
    if (grave === undefined) return false
    removeTree(path)
    return true
  })
}
