// --timestamp: a step's tree as if it had been written at another time, so that its layer is the same whenever it is built.

import { closeSync, constants, lstatSync, openSync, readdirSync } from 'node:fs'
import { native } from '../../os/native.ts'

export interface TreeTime {
  readonly seconds: number
  /** Only what is newer becomes as old. */
  readonly isLimit: boolean
}

/** The tree is nobody else's; no link is followed. */
export function setTreeTimes(path: string, time: TreeTime): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    setFolderTimes(fd, time)
  } finally {
    closeSync(fd)
  }
}

function setFolderTimes(fd: number, time: TreeTime): void {
  const here = `/proc/self/fd/${fd}`
  for (const name of readdirSync(here, { encoding: 'latin1' })) {
    const path = Buffer.from(`${here}/${name}`, 'latin1')
    const stat = lstatSync(path)
    if (stat.isDirectory()) {
      const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
      try {
        setFolderTimes(folder, time)
      } finally {
        closeSync(folder)
      }
    }
    // An overlay's whiteout has no time of its own.
    else if (!(stat.isCharacterDevice() && stat.rdev === 0)) setTime(fd, name, time)
  }
  setTime(fd, '.', time)
}

function setTime(fd: number, name: string, { seconds, isLimit }: TreeTime): void {
  const bytes = Buffer.from(name, 'latin1')
  const wanted = BigInt(seconds) * 1_000_000_000n
  const path = Buffer.concat([Buffer.from(`/proc/self/fd/${fd}/`), bytes])
  if (isLimit && lstatSync(path, { bigint: true }).mtimeNs <= wanted) return
  native().utimensat(fd, bytes, { atimeNs: wanted, mtimeNs: wanted })
}
