// Where a member of a tar goes in a tree that holds something already: what stands there gives way, or is said to be in the way.

import { closeSync, fstatSync } from 'node:fs'
import { EngineError, errnoOf } from '../base/errors.ts'
import { openEntry, removeEntry } from '../os/open-entry.ts'
import { shownName, type TarEntry } from './tar-entry.ts'

export interface Place {
  readonly fd: number
  readonly name: Buffer
  /** In the view. */
  readonly path: string
}

/** Makes it; what stands there gives way, a folder only if it may. @throws EBUSY where something is mounted; conflict `copy-would-replace` */
export function replacing<T>(place: Place, isOverwriting: boolean, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
  if (kindAt(place) === 'folder') refuseOrRemove(place, isOverwriting, 'open')
  else removeEntry(place.fd, place.name.toString('latin1'))
  return make()
}

/** @throws conflict `copy-would-replace` */
export function refuseOrRemove({ fd, name, path }: Place, isOverwriting: boolean, verb: string): void {
  if (isOverwriting) return removeEntry(fd, name.toString('latin1'))
  throw new EngineError({
    kind: 'conflict',
    code: 'copy-would-replace',
    message: `error creating ${JSON.stringify(shownName(path))}: ${verb} ${shownName(path)}: file exists`,
    hint: 'Replace folders by files, and files by folders, with: --overwrite',
  })
}

export function kindAt({ fd, name }: Place): 'folder' | 'other' | 'nothing' {
  const entry = openEntry(fd, name.toString('latin1'))
  if (entry === undefined) return 'nothing'
  try {
    return fstatSync(entry).isDirectory() ? 'folder' : 'other'
  } finally {
    closeSync(entry)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EBUSY: 'something is mounted there',
  EEXIST: 'file exists',
  ENOTDIR: 'not a directory',
  ENAMETOOLONG: 'file name too long',
}

/** @throws unavailable `copy-failed` for what the system says */
export function explained(entry: TarEntry, act: () => void): void {
  try {
    act()
  } catch (error) {
    const errno = errnoOf(error)
    if (error instanceof EngineError || errno === undefined) throw error
    throw failed(entry.name, reasons[errno] ?? errno, error)
  }
}

export function failed(path: string, reason: string, cause?: unknown): EngineError {
  return new EngineError({
    kind: 'unavailable',
    code: 'copy-failed',
    message: `error creating ${JSON.stringify(shownName(path))}: ${reason}`,
    ...(cause === undefined ? {} : { cause }),
  })
}
