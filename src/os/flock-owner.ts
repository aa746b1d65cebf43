// Who holds which flock: /proc/locks, which names a file by device and inode. Looking there disturbs nobody, as trying to lock would.

import { readFileSync, type Stats, statSync } from 'node:fs'
import { absentAsUndefined } from '../base/errors.ts'

export interface Flock {
  readonly pid: number
  readonly isWaiting: boolean
}

/** Those who hold a flock, and those who wait for one, as of one instant. */
export interface FlockTable {
  of(path: string): readonly Flock[]
}

export function readFlocks(): FlockTable {
  const text = absentAsUndefined(() => readFileSync('/proc/locks', 'utf8')) ?? ''
  const entries = text.split('\n').flatMap((line) => parseLine(line) ?? [])
  return {
    of(path) {
      const stat = absentAsUndefined(() => statSync(path))
      if (stat === undefined) return []
      const sameInode = entries.filter((entry) => entry.inode === stat.ino)
      const same = sameInode.filter((entry) => entry.device === deviceOf(stat))
      // The devices of btrfs and overlay differ from what stat(2) says.
      return same.length > 0 ? same : sameInode
    },
  }
}

/** Pid of the process that holds the flock on `path`; undefined when nobody does, or the kernel does not say who. */
export function flockOwner(path: string): number | undefined {
  return readFlocks()
    .of(path)
    .find((entry) => !entry.isWaiting)?.pid
}

interface Entry extends Flock {
  readonly device: string
  readonly inode: number
}

/** A pid of 0 or below is in no namespace of ours. */
function parseLine(line: string): Entry | undefined {
  const match = /^\d+:( ->)? FLOCK +\S+ +\S+ +(-?\d+) ([0-9a-f]+:[0-9a-f]+):(\d+) /.exec(line)
  const [, arrow, pid, device = '', inode] = match ?? []
  if (match === null || Number(pid) <= 0) return undefined
  return { pid: Number(pid), isWaiting: arrow !== undefined, device, inode: Number(inode) }
}

function deviceOf({ dev }: Stats): string {
  const major = ((dev >> 8) & 0xfff) >>> 0
  const minor = ((dev & 0xff) | ((dev >> 12) & 0xfff00)) >>> 0
  const hex = (number: number) => number.toString(16).padStart(2, '0')
  return `${hex(major)}:${hex(minor)}`
}
