// --cidfile: a file of the user's with the container's id, which goes with the container.

import { lstatSync, readFileSync, writeFileSync } from 'node:fs'
import { absentAsUndefined, EngineError, errorReason } from '../../base/errors.ts'
import { removeFile } from '../../os/atomic-file.ts'
import type { StoredContainer } from './stored-container.ts'

/** One that is there is written over, as podman does. `flag`: how the user asked for it. @throws invalid `cidfile-unwritable` */
export function writeCidFile(path: string, id: string, flag = '--cidfile'): void {
  try {
    writeFileSync(path, id)
  } catch (cause) {
    throw new EngineError({
      kind: 'invalid',
      code: 'cidfile-unwritable',
      message: `${flag}: cannot write '${path}': ${errorReason(cause)}`,
      hint: 'Name a file in a folder that exists and is writable',
      cause,
    })
  }
}

/** Best effort: the container is gone all the same. */
export function removeCidFile({ id, stored }: StoredContainer): void {
  const path = stored.spec.cidFile
  if (path !== undefined) removeIdFile(path, id)
}

/** Unless another's id is in it by now. Never throws. */
export function removeIdFile(path: string, id: string): void {
  try {
    const isFile = absentAsUndefined(() => lstatSync(path))?.isFile() === true
    if (isFile && readFileSync(path, 'utf8').trim() === id) removeFile(path)
  } catch {
    // Its folder may be closed to us by now.
  }
}
