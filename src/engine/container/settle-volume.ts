// The first use of a volume: the image's content at the mount's place is copied into an empty volume, and the volume becomes the user's, or whose
// that place is. The copy arrives beside the volume and is moved in entry by entry, so that a crash loses none of it and repeats nothing.

import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { syncFileSystem } from '../../os/atomic-file.ts'
import { native } from '../../os/native.ts'
import { removeTree } from '../../os/remove-tree.ts'
import type { VolumeMount } from '../../spec/mounts.ts'
import { type Layout, paths, volumeFiles } from '../../state/layout.ts'
import { copyOwnerAndMode, copyTree, setTimes, statFor } from '../../storage/copy-tree.ts'
import { isOfPlugin, needsMount, type Owner, type VolumeRecord } from '../../volume/volume-record.ts'
import { saveVolume } from '../../volume/volume-store.ts'
import { openRoot, pathInRoot } from './root-folder.ts'

export interface FirstUse {
  readonly mount: VolumeMount
  /** Where the volume's content is. */
  readonly path: string
  readonly rootfs: string
  /** The container's user, as the volume's files have it. */
  readonly owner: Owner
  /** As seen from outside → as the volume's files have it. */
  readonly ownerOf: (owner: Owner) => Owner
}

/** The record that is true now: the caller saves it if it is another. The volume's lock is held. Idempotent. */
export function settleVolume(at: Layout, record: VolumeRecord, use: FirstUse): VolumeRecord {
  if (record.copyUp === 'done' && !record.needsChown) return record
  using root = openRoot(use.rootfs)
  const place = pathInRoot(root, use.mount.destination)
  const copied = copyUp(at, record, { ...use, place })
  return give(copied.record, { ...use, place, hasCopied: copied.hasCopied })
}

interface Placed extends FirstUse {
  /** Of the mount in the root file system, as seen from outside. */
  readonly place: string | undefined
}

interface CopiedUp {
  readonly record: VolumeRecord
  readonly hasCopied: boolean
}

function copyUp(at: Layout, record: VolumeRecord, use: Placed): CopiedUp {
  const asIs = { record, hasCopied: false }
  if (record.copyUp === 'arriving') return moveIn(at, record, use.path)
  if (record.copyUp === 'done' || use.mount.options.includes('nocopy') || Object.hasOwn(record.options, 'nocopy')) {
    return asIs
  }
  if (use.place === undefined || !hasContent(use.place)) return asIs
  // Filled by somebody else: nothing of it is touched (CVE-2020-1726).
  if (readdirSync(use.path).length > 0) return asIs
  if (needsMount(record)) {
    copyTree(use.place, use.path, { ownerOf: use.ownerOf })
    return { record: { ...record, copyUp: 'done' }, hasCopied: true }
  }
  return moveIn(at, arrive(at, record, { ...use, place: use.place }), use.path)
}

function hasContent(place: string): boolean {
  return lstatSync(place).isDirectory() && readdirSync(place).length > 0
}

function arrive(
  at: Layout,
  record: VolumeRecord,
  { place, ownerOf }: Pick<FirstUse, 'ownerOf'> & { readonly place: string },
): VolumeRecord {
  const folder = arriving(at, record)
  removeTree(folder)
  mkdirSync(folder, { mode: 0o700 })
  copyTree(place, folder, { ownerOf })
  syncFileSystem(folder)
  const next: VolumeRecord = { ...record, copyUp: 'arriving' }
  saveVolume(at, next)
  return next
}

function moveIn(at: Layout, record: VolumeRecord, path: string): CopiedUp {
  const folder = arriving(at, record)
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) {
    for (const name of readdirSync(folder)) renameSync(join(folder, name), join(path, name))
    rmdirSync(folder)
  }
  return { record: { ...record, copyUp: 'done' }, hasCopied: true }
}

function arriving(at: Layout, { name }: VolumeRecord): string {
  return join(paths.volume(at, name), volumeFiles.arriving)
}

/** A volume that holds something, not by our copying, is left as it is; so is what a plugin keeps. */
function give(record: VolumeRecord, use: Placed & { readonly hasCopied: boolean }): VolumeRecord {
  const { path, owner, place, hasCopied, mount } = use
  if (!record.needsChown) return record
  if (!hasCopied && readdirSync(path).length > 0) return { ...record, needsChown: false }
  if (isOfPlugin(record)) return record
  native().lchown(path, owner.uid, owner.gid)
  const given = { ...record, chownedTo: owner, needsChown: !hasCopied }
  if (place === undefined || mount.options.includes('U')) return given
  const stat = statFor(place, use)
  copyOwnerAndMode(path, stat)
  setTimes(path, stat)
  const isRoots = stat.uid === 0n && stat.gid === 0n
  return isRoots ? { ...given, needsChown: false } : given
}
