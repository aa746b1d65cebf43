// Whether a driver works here, found by doing: unpack-style whiteouts in one layer must hide what the layer below has, and
// removing a file through the mount must leave a whiteout.

import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { logDebug } from '../base/log.ts'
import { writeOpaque, writeWhiteout } from '../image/unpack-whiteout.ts'
import type { WhiteoutStyle } from '../image/whiteout.ts'
import { removeTree } from '../os/remove-tree.ts'
import { unmountIfMounted } from './mount-state.ts'
import { escapeOption } from './overlay-mount.ts'

export type TrialMount = (target: string, data: string) => void

const names = ['lower', 'middle', 'upper', 'work', 'merged'] as const
type TrialFolders = Readonly<Record<(typeof names)[number], string>>

/** Leaves nothing behind, whatever the answer. @param root an existing folder on the file system in question */
export function worksHere(root: string, style: Exclude<WhiteoutStyle, 'vfs'>, mount: TrialMount): boolean {
  const trial = mkdtempSync(join(root, 'trial.'))
  const folders = Object.fromEntries(names.map((name) => [name, join(trial, name)])) as TrialFolders
  try {
    makeLayers(folders, style)
    const lowers = [folders.middle, folders.lower].map(escapeOption).join(':')
    mount(
      folders.merged,
      `lowerdir=${lowers},upperdir=${escapeOption(folders.upper)},workdir=${escapeOption(folders.work)}`,
    )
    return isSound(folders)
  } catch (error) {
    logDebug('a storage driver does not work here', { style, error: String(error) })
    return false
  } finally {
    unmountIfMounted(folders.merged)
    removeTree(trial)
  }
}

function makeLayers(folders: TrialFolders, style: WhiteoutStyle): void {
  for (const folder of Object.values(folders)) mkdirSync(folder)
  for (const name of ['hidden', 'removed']) writeFileSync(join(folders.lower, name), '')
  for (const folder of [folders.lower, folders.middle]) mkdirSync(join(folder, 'opaque'))
  writeFileSync(join(folders.lower, 'opaque', 'hidden'), '')
  const fd = openSync(folders.middle, 'r')
  try {
    writeWhiteout(style, { fd, name: 'hidden' })
    writeOpaque(style, { fd, name: 'opaque' })
  } finally {
    closeSync(fd)
  }
}

function isSound(folders: TrialFolders): boolean {
  if (readdirSync(folders.merged).sort().join() !== 'opaque,removed') return false
  if (readdirSync(join(folders.merged, 'opaque')).length > 0) return false
  unlinkSync(join(folders.merged, 'removed'))
  if (existsSync(join(folders.merged, 'removed'))) return false
  const left = lstatSync(join(folders.upper, 'removed'), { throwIfNoEntry: false })
  return left?.isCharacterDevice() === true && left.rdev === 0
}
