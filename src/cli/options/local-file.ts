// Files that a command's arguments name.

import { readFileSync } from 'node:fs'
import { errnoOf, errorReason, invalid } from '../../base/errors.ts'

/** @throws invalid `file-missing`, saying what it was to be read as */
export function readLocalFile(path: string, what: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    throw invalid('file-missing', `reading ${what} from ${path}: ${errorReason(error)}`)
  }
}
