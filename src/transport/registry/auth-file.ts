// Changing a file of credentials (containers-auth.json(5), or docker's config.json): whoever reads sees the old or the new one, nobody
// but its owner may read it, and what we do not know in it stays.

import { closeSync, constants, openSync, readFileSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import { isObject, type JsonObject, parseBoundedJson } from '../../image/bounded-json.ts'
import { replaceUserFile } from '../../os/atomic-file.ts'
import { makeLastingFolders } from '../../os/make-folders.ts'
import { native } from '../../os/native.ts'

const maxBytes = 1024 * 1024
const lockExclusive = 2

/** {} for a file that is missing or empty. @throws corrupt when it is no JSON object */
export function readAuthDocument(path: string): JsonObject {
  const bytes = absentAsUndefined(() => readFileSync(path))
  return bytes === undefined || bytes.length === 0 ? {} : parseBoundedJson(bytes, { what: `'${path}'`, maxBytes })
}

/** Two at once come after each other: the folder's lock is held meanwhile. `change` undefined leaves the file alone. */
export async function updateAuthDocument(
  path: string,
  change: (document: JsonObject) => JsonObject | undefined,
): Promise<void> {
  makeLastingFolders(dirname(path), 0o700)
  // A link to the file, in a folder of dotfiles for instance, stays one.
  const target = absentAsUndefined(() => realpathSync(path)) ?? path
  const folder = openSync(dirname(target), constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await native().flockAsync(folder, lockExclusive)
    const changed = change(readAuthDocument(target))
    if (changed !== undefined) replaceUserFile(target, `${JSON.stringify(changed, undefined, '\t')}\n`, { mode: 0o600 })
  } finally {
    closeSync(folder)
  }
}

export function withEntry(document: JsonObject, key: string, auth: string): JsonObject {
  return { ...document, auths: { ...authsOf(document), [key]: { auth } } }
}

/** undefined where there is none of these keys. */
export function withoutEntries(document: JsonObject, keys: readonly string[]): JsonObject | undefined {
  const auths = authsOf(document)
  const left = Object.entries(auths).filter(([key]) => !keys.includes(key))
  return left.length === Object.keys(auths).length ? undefined : { ...document, auths: Object.fromEntries(left) }
}

export function authsOf(document: JsonObject): JsonObject {
  return isObject(document['auths']) ? document['auths'] : {}
}
