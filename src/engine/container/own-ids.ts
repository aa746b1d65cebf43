// The ids of a container with a user namespace of its own making: given to it at creation, and its own until it is removed. They are
// written into its folder, its cradle already, under one lock: whoever looks for free ids (--userns auto) sees them.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defined } from '../../base/defined.ts'
import { absentAsUndefined, EngineError, invalid } from '../../base/errors.ts'
import { writeNewFile } from '../../os/atomic-file.ts'
import { subordinateIds } from '../../os/subordinate-ids.ts'
import { type AutoUserNamespace, allotIds } from '../../spec/auto-user-namespace.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { IdMappings } from '../../spec/facts.ts'
import { type IdKind, type IdMapRequest, resolveIdMap } from '../../spec/id-map-flags.ts'
import { type IdRange, outsideRange, pair } from '../../spec/id-ranges.ts'
import type { IdMapping } from '../../spec/oci-config.ts'
import {
  type AllottedMode,
  idMappings,
  isAllotted,
  type NamedUserNamespace,
  type UserNamespaceMode,
} from '../../spec/user-namespace.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { acquireLock } from '../../state/lock.ts'
import type { Engine } from '../engine.ts'
import { idCount, outerIds } from './host-user.ts'
import { idsNeeded } from './ids-needed.ts'
import { containerGone } from './lock-container.ts'
import { readStoredContainer } from './stored-container.ts'
import { userSituation } from './user-situation.ts'

/** Whose subordinate ids root gives away: podman's word. */
const rootsUser = 'containers'

interface Place {
  /** The cradle. */
  readonly folder: string
  /** Paths of the image's unpacked layers, lowest first. */
  readonly layers: readonly string[]
}

/**
 * The spec with the ids that it asks for; else as it is.
 * @throws not-found `container-unknown`; unavailable `userns-exhausted`, `userns-no-ids`; invalid `userns-invalid`, `userns-too-large`
 */
export async function withOwnIds(engine: Engine, spec: CompleteSpec, place: Place): Promise<CompleteSpec> {
  const { user } = spec.namespaces
  if (user.kind === 'container')
    return withUser(spec, { ...user, ...defined({ allotted: idsOfOther(engine, user.id) }) })
  if (!isAllotted(user)) return spec
  const size = user.kind === 'auto' ? (user.size ?? idsNeeded(spec, place.layers)) : 0
  const path = join(paths.locks(engine.at), 'user-ids')
  using _lock = await acquireLock({ path, kind: 'claims', label: 'the table of user ids' }, engine.patience)
  const idsOf = finder(engine, user, size)
  const allotted = withRoot({ uids: idsOf('uid'), gids: idsOf('gid') })
  writeNewFile(join(place.folder, containerFiles.root.ids), JSON.stringify(allotted))
  return withUser(spec, { ...user, allotted })
}

function withUser(spec: CompleteSpec, user: UserNamespaceMode): CompleteSpec {
  return { ...spec, namespaces: { ...spec.namespaces, user } }
}

/** It keeps them for both: who joins it depends on it. @throws not-found `container-unknown` */
function idsOfOther(engine: Engine, id: string): IdMappings | undefined {
  const other = readStoredContainer(engine.at, id)
  if (other === undefined) throw containerGone(id)
  return idMappings(other.stored.spec.namespaces.user, userSituation(engine.settings.isRootless))
}

function finder(engine: Engine, mode: AllottedMode, size: number): (kind: IdKind) => IdMapping[] {
  switch (mode.kind) {
    case 'auto':
      return freeIds(engine, mode, size)
    case 'mapped':
      return (kind) => resolve(engine, mode[`${kind}s`], kind)
    case 'named':
      return (kind) => namedIds(engine, mode, kind)
  }
}

/** The lock is held. */
function freeIds(engine: Engine, { forced }: AutoUserNamespace, size: number): (kind: IdKind) => IdMapping[] {
  const others = allottedToAll(engine)
  return (kind) =>
    allotIds({
      size,
      forced: forced[`${kind}s`].length === 0 ? [] : resolve(engine, forced[`${kind}s`], kind),
      available: availableIds(engine, kind),
      used: others.flatMap((mappings) => mappings[`${kind}s`].map(outsideRange)),
    })
}

function resolve(engine: Engine, requests: readonly IdMapRequest[], kind: IdKind): IdMapping[] {
  return resolveIdMap(requests, kind, { isRootless: engine.settings.isRootless, ranges: outerIds(kind) })
}

/** Of those that are being made, too. */
function allottedToAll(engine: Engine): IdMappings[] {
  const folder = paths.containers(engine.at)
  return readdirSync(folder).flatMap((name) => {
    const text = absentAsUndefined(() => readFileSync(join(folder, name, containerFiles.root.ids), 'utf8'))
    return text === undefined ? [] : [JSON.parse(text) as IdMappings]
  })
}

/** Rootless, 0 is the user, and all others that our namespace has are there to be given away. */
function availableIds(engine: Engine, kind: IdKind): IdRange[] {
  if (!engine.settings.isRootless) return idsOfUser(rootsUser, kind)
  if (idCount(kind) > 1) return [{ start: 1, end: idCount(kind) }]
  throw noIds('this user', kind, 'Give the user a range in /etc/subuid and /etc/subgid, then: gantry system migrate')
}

function namedIds(engine: Engine, { users, groups }: NamedUserNamespace, kind: IdKind): IdMapping[] {
  const ids = idsOfUser(kind === 'uid' ? users : groups, kind)
  const own = pair([{ start: 0, end: Number.POSITIVE_INFINITY }], ids)
  // In the host's ids, of which an ordinary user may have these or not.
  return own.flatMap((mapping) =>
    resolve(engine, [{ isExtending: false, kinds: [kind], isOfHost: true, mapping }], kind),
  )
}

function idsOfUser(name: string, kind: IdKind): IdRange[] {
  const ranges = subordinateIds(kind, name)
  if (ranges.length > 0) return ranges
  throw noIds(
    `the user '${name}'`,
    kind,
    `Add to /etc/subuid and /etc/subgid, for example: ${name}:2147483648:1073741824`,
  )
}

/** Runtimes set a container up as its root, which must be somebody outside. */
function withRoot(mappings: IdMappings): IdMappings {
  const hasRoot = (ranges: readonly IdMapping[]) => ranges.some(({ containerID }) => containerID === 0)
  if (hasRoot(mappings.uids) && hasRoot(mappings.gids)) return mappings
  throw invalid('userns-invalid', 'the user namespace has no ids for root', 'Map 0 inside to some id outside.')
}

function noIds(whose: string, kind: IdKind, hint: string): EngineError {
  const message = `a user namespace of its own needs subordinate ids, and ${whose} has none in /etc/sub${kind}`
  return new EngineError({ kind: 'unavailable', code: 'userns-no-ids', message, hint })
}
