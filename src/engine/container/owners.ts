// Owners of a container's files, inside its user namespace and outside.

import type { Owner } from '../../image/pack-folder.ts'
import type { IdMappings } from '../../spec/facts.ts'
import { insideId, outsideId } from '../../spec/id-mapping.ts'
import { idMappings } from '../../spec/user-namespace.ts'
import type { Engine } from '../engine.ts'
import type { StoredContainer } from './stored-container.ts'
import { userSituation } from './user-situation.ts'

/** The kernel's overflow id: who has none inside. */
const nobody = 65534

export function mappingsOf(engine: Engine, { stored }: StoredContainer): IdMappings | undefined {
  return idMappings(stored.spec.namespaces.user, userSituation(engine.settings.isRootless))
}

/** From outside to inside. */
export function ownersInside(engine: Engine, container: StoredContainer): (owner: Owner) => Owner {
  const mappings = mappingsOf(engine, container)
  if (mappings === undefined) return (owner) => owner
  const { uids, gids } = mappings
  return ({ uid, gid }) => ({ uid: insideId(uid, uids) ?? nobody, gid: insideId(gid, gids) ?? nobody })
}

/** From inside to outside. */
export function ownersOutside(engine: Engine, container: StoredContainer): (owner: Owner) => Owner {
  const mappings = mappingsOf(engine, container)
  if (mappings === undefined) return (owner) => owner
  return ({ uid, gid }) => ({ uid: outsideId(uid, mappings.uids), gid: outsideId(gid, mappings.gids) })
}
