// Driver `file` with option `path`: what a secret says lies sealed in a folder of the user's choice, a file each.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError } from '../base/errors.ts'
import { removeFile, replaceFile, syncFolder } from '../os/atomic-file.ts'
import { makeFolders } from '../os/make-folders.ts'
import type { OutsideDriver } from './outside-drivers.ts'
import { type Sealed, seal, unseal } from './seal.ts'

export function sealedFolder(folder: string, keyFile: string): OutsideDriver {
  return {
    async store(id, data) {
      makeFolders(folder, 0o700)
      const path = sealedFile(folder, id)
      replaceFile(path, JSON.stringify(seal(keyFile, id, data)), { temporary: unfinished(path) })
    },
    lookup: async (id) => unseal(keyFile, id, read(sealedFile(folder, id))),
    async remove(id) {
      dropSealed(folder, id)
      absentAsUndefined(() => syncFolder(folder))
    },
  }
}

/** Idempotent. What was being written, too. */
export function dropSealed(folder: string, id: string): void {
  const path = sealedFile(folder, id)
  for (const one of [unfinished(path), path]) removeFile(one)
}

function unfinished(path: string): string {
  return `${path}.tmp`
}

function sealedFile(folder: string, id: string): string {
  return join(folder, `${id}.json`)
}

/** @throws unavailable `secret-driver-failed` */
function read(path: string): Sealed {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Sealed
  } catch (cause) {
    const why = (cause as Error).message
    const message = `the secret's file '${path}' cannot be read: ${why}`
    throw new EngineError({ kind: 'unavailable', code: 'secret-driver-failed', message, cause })
  }
}
