// Who uses a volume that must be mounted: an empty file each in $RUN/volumes/<name>/, so that a boot forgets them as it forgets the mounts. A
// container's holder is called by its id. Written and removed under the volume's lock.

import { closeSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../base/errors.ts'
import { randomHex } from '../base/random.ts'
import { removeFile } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import { removeTree } from '../os/remove-tree.ts'
import { type Layout, paths } from '../state/layout.ts'

const byHand = /^mount-[0-9a-f]{12}$/
const container = /^[0-9a-f]{64}$/

/** In no order. Lock-free. */
export function volumeHolders(at: Layout, name: string): string[] {
  const names = absentAsUndefined(() => readdirSync(paths.runVolume(at, name))) ?? []
  return names.filter((holder) => byHand.test(holder) || container.test(holder))
}

/** Volumes that are mounted, or were when their last user was killed. Lock-free. */
export function heldVolumes(at: Layout): string[] {
  return absentAsUndefined(() => readdirSync(paths.runVolumes(at))) ?? []
}

/** Idempotent. */
export function addHolder(at: Layout, name: string, holder: string): void {
  makeFolders(paths.runVolume(at, name), 0o700)
  closeSync(openSync(join(paths.runVolume(at, name), holder), 'a', 0o600))
}

/** Of `volume mount`: as many as it was called. */
export function newHolderByHand(): string {
  return `mount-${randomHex(6)}`
}

/** One that `volume mount` made, if there is one. */
export function holderByHand(at: Layout, name: string): string | undefined {
  return volumeHolders(at, name).find((holder) => byHand.test(holder))
}

/** Idempotent. True when nobody is left. */
export function dropHolder(at: Layout, name: string, holder: string): boolean {
  removeFile(join(paths.runVolume(at, name), holder))
  return volumeHolders(at, name).length === 0
}

/** Idempotent. Nobody holds the volume. */
export function forgetHolders(at: Layout, name: string): void {
  removeTree(paths.runVolume(at, name))
}
