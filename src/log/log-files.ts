// The files of one log: `ctr.log`, which is written to, and `ctr.log.1` (newer) … `ctr.log.N` (older), which rotation made of it. Files are
// known by their inode, not their name: the monitor may rename them while we read.

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'

export interface LogFile extends Disposable {
  readonly inode: number
  /** Bytes from `offset` on, at most a chunk; empty at the end. The next call overwrites nothing. */
  read(offset: number): Buffer
  size(): number
}

const chunkBytes = 256 * 1024

/** Those younger than `after` (all if absent), oldest first. Empty where there is no log, or nothing younger. */
export function openLogFiles(path: string, after?: number): LogFile[] {
  const files: LogFile[] = []
  for (let number = 0; ; number += 1) {
    const file = openLogFile(number === 0 ? path : `${path}.${number}`)
    const isEnd = file === undefined ? !isRotatedAway(path, number) : file.inode === after
    if (file === undefined || isEnd || files.some(({ inode }) => inode === file.inode)) file?.[Symbol.dispose]()
    else files.unshift(file)
    if (isEnd) return files
  }
}

/** The inode of the file that is written to at this moment. */
export function currentInode(path: string): number | undefined {
  return absentAsUndefined(() => statSync(path))?.ino
}

/** Between the monitor's rename and its next open there is no `ctr.log`, and while files move up no `ctr.log.1`. */
function isRotatedAway(path: string, number: number): boolean {
  return absentAsUndefined(() => statSync(`${path}.${number + 1}`)) !== undefined
}

/** Undefined where there is none, or something that is no file: a pipe would make us wait. */
function openLogFile(path: string): LogFile | undefined {
  const fd = openQuietly(path)
  if (fd === undefined) return undefined
  const status = fstatSync(fd)
  if (!status.isFile()) {
    closeSync(fd)
    return undefined
  }
  return {
    inode: status.ino,
    read(offset) {
      const chunk = Buffer.allocUnsafeSlow(chunkBytes)
      return chunk.subarray(0, readSync(fd, chunk, 0, chunk.length, offset))
    },
    size: () => fstatSync(fd).size,
    [Symbol.dispose]: () => closeSync(fd),
  }
}

function openQuietly(path: string): number | undefined {
  try {
    return absentAsUndefined(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
  } catch (error) {
    // A socket, or a device without a driver.
    if (errnoOf(error) === 'ENXIO') return undefined
    throw error
  }
}
