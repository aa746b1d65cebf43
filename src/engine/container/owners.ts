// Owners of a container's files, inside its user namespace and outside.

import type { Owner } from '../../image/pack-folder.ts'
import type { Xattr } from '../../image/tar-entry.ts'
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

/** vfs_ns_cap_data (linux/capability.h) with the root of a user namespace at its end. */
const version3 = { bytes: 24, magic: 3, plain: { bytes: 20, magic: 2 } } as const

/** File capabilities that count for the container's root alone are an image's for any root. */
export function capabilityInside(engine: Engine, container: StoredContainer): (xattr: Xattr) => Xattr {
  const root = ownersOutside(engine, container)({ uid: 0, gid: 0 }).uid
  return (xattr) => {
    const bytes = Buffer.from(xattr.value)
    const isNested = bytes.length === version3.bytes && bytes[3] === version3.magic
    if (xattr.key !== 'security.capability' || !isNested || bytes.readUInt32LE(20) !== root) return xattr
    const plain = Buffer.from(bytes.subarray(0, version3.plain.bytes))
    plain[3] = version3.plain.magic
    return { key: xattr.key, value: plain }
  }
}
