// Names of volumes.

import { invalid } from '../base/errors.ts'
import { newId } from '../base/ids.ts'
import { objectName } from '../base/object-name.ts'

const maxBytes = 255

export function isVolumeName(text: string): boolean {
  return objectName.test(text) && text.length <= maxBytes
}

/** @throws invalid `name-invalid` */
export function checkVolumeName(name: string): string {
  if (isVolumeName(name)) return name
  throw invalid(
    'name-invalid',
    'running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument',
  )
}

/** Of a volume that nobody names. */
export const newVolumeName = newId
