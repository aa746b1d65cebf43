// What a user typed → one container: full name, full id, a prefix of an id that only one container has. Reads only, takes no lock.

import { readdirSync } from 'node:fs'
import { absentAsUndefined, type EngineError, invalid } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import { objectName } from '../../base/object-name.ts'
import { claimOwner } from '../../state/claim.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { readStoredContainer, type StoredContainer } from './stored-container.ts'

/** undefined where there is none. @throws invalid `container-ambiguous` */
export function findContainer(at: Layout, text: string): StoredContainer | undefined {
  const owner = claimOwnerOrNone(at, text)
  const named = owner === undefined ? undefined : readStoredContainer(at, owner)
  if (named !== undefined) return named
  if (isFullId(text)) return readStoredContainer(at, text)
  if (!/^[0-9a-f]{1,63}$/.test(text)) return undefined
  const ids = containerIds(at).filter((id) => id.startsWith(text))
  if (ids.length > 1) throw ambiguous(text)
  return ids[0] === undefined ? undefined : readStoredContainer(at, ids[0])
}

/** Full ids, in no order. */
export function containerIds(at: Layout): string[] {
  return (absentAsUndefined(() => readdirSync(paths.containers(at))) ?? []).filter(isFullId)
}

/** Only what could be a name is looked up: the text comes from outside. */
function claimOwnerOrNone(at: Layout, text: string): string | undefined {
  return objectName.test(text) && text.length <= 255 ? claimOwner(at, 'container', text) : undefined
}

function ambiguous(text: string): EngineError {
  return invalid(
    'container-ambiguous',
    `more than one result for container name ${text}: container already exists`,
    'Type more of the id.',
  )
}
