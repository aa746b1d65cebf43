// What folders cost on disk: blocks, not lengths; an inode with several names once.

import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../base/errors.ts'

const blockBytes = 512

/** Counts each inode once over all that it is asked for. */
export interface DiskUsage {
  /** Bytes of the tree that were not counted before. Leaves no file system; what vanishes meanwhile is left out. */
  of(path: string): number
}

export function openDiskUsage(): DiskUsage {
  const seen = new Set<string>()
  return {
    of(path) {
      const stat = absentAsUndefined(() => lstatSync(path))
      return stat === undefined ? 0 : count(path, stat, { device: stat.dev, seen })
    },
  }
}

interface Walk {
  readonly device: number
  readonly seen: Set<string>
}

function count(path: string, stat: Stats, walk: Walk): number {
  if (stat.dev !== walk.device) return 0
  if (!stat.isDirectory() && stat.nlink > 1) {
    const inode = `${stat.dev}:${stat.ino}`
    if (walk.seen.has(inode)) return 0
    walk.seen.add(inode)
  }
  const below = stat.isDirectory() ? (absentAsUndefined(() => readdirSync(path)) ?? []) : []
  return below.reduce((sum, name) => {
    const child = join(path, name)
    const its = absentAsUndefined(() => lstatSync(child))
    return its === undefined ? sum : sum + count(child, its, walk)
  }, stat.blocks * blockBytes)
}
