// Whether this process may execute a file.

import { accessSync, constants } from 'node:fs'

/** False for what is not there, too. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
