// How many bytes the files below a folder hold.

import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../base/errors.ts'

/** Sizes of regular files and links, a file with several names once. Does not leave the folder's file system; what vanishes is left out. */
export function treeSize(folder: string): number {
  const top = absentAsUndefined(() => lstatSync(folder))
  return top === undefined ? 0 : sizeBelow(folder, { device: top.dev, seen: new Set() })
}

interface Walk {
  readonly device: number
  /** Inodes of files with several names. */
  readonly seen: Set<number>
}

function sizeBelow(folder: string, walk: Walk): number {
  const names = absentAsUndefined(() => readdirSync(folder)) ?? []
  return names.reduce((sum, name) => {
    const path = join(folder, name)
    const stat = absentAsUndefined(() => lstatSync(path))
    if (stat === undefined || stat.dev !== walk.device) return sum
    return sum + (stat.isDirectory() ? sizeBelow(path, walk) : sizeOf(stat, walk))
  }, 0)
}

function sizeOf(stat: Stats, { seen }: Walk): number {
  if (!stat.isFile() && !stat.isSymbolicLink()) return 0
  if (stat.nlink === 1) return stat.size
  if (seen.has(stat.ino)) return 0
  seen.add(stat.ino)
  return stat.size
}
