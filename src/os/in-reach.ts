// Files that may be there, in a home that may be closed: root of a user namespace often has the HOME of whom it was before, or of the host's root.

import { accessSync } from 'node:fs'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'

/** What is behind a closed folder counts as absent; what is there and may not be read is an error, as `read` throws it. */
export function readInReach<T>(path: string, read: (path: string) => T): T | undefined {
  try {
    return absentAsUndefined(() => read(path))
  } catch (error) {
    if (errnoOf(error) === 'EACCES' && isBehindClosed(path)) return undefined
    throw error
  }
}

function isBehindClosed(path: string): boolean {
  try {
    accessSync(path)
    return false
  } catch (error) {
    return errnoOf(error) === 'EACCES'
  }
}
