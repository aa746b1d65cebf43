// Ids for --userns auto. What a container has is written into its folder, its cradle already, under one lock: whoever looks for free ids
// sees them, and they are free again when the folder is gone.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { writeNewFile } from '../../os/atomic-file.ts'
import { subordinateIds } from '../../os/subordinate-ids.ts'
import { type AutoUserNamespace, allotIds, type IdRange } from '../../spec/auto-user-namespace.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { IdMappings } from '../../spec/facts.ts'
import type { IdMapping } from '../../spec/oci-config.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { acquireLock } from '../../state/lock.ts'
import type { Engine } from '../engine.ts'
import { idCount } from './host-user.ts'
import { idsNeeded } from './ids-needed.ts'

/** Whose subordinate ids root gives away: podman's word. */
const rootsUser = 'containers'

/**
 * The spec with ids of its own where it asks for them; else as it is. `folder`: the cradle.
 * @throws unavailable `userns-exhausted`, `userns-no-ids`; invalid `userns-too-large`
 */
export async function withOwnIds(
  engine: Engine,
  spec: CompleteSpec,
  { folder, layers }: { readonly folder: string; readonly layers: readonly string[] },
): Promise<CompleteSpec> {
  const { user } = spec.namespaces
  if (user.kind !== 'auto') return spec
  const size = user.size ?? idsNeeded(spec, layers)
  const allotted = await allot(engine, user, { folder, size })
  return { ...spec, namespaces: { ...spec.namespaces, user: { ...user, allotted } } }
}

async function allot(
  engine: Engine,
  { forced }: AutoUserNamespace,
  { folder, size }: { readonly folder: string; readonly size: number },
): Promise<IdMappings> {
  const path = join(paths.locks(engine.at), 'user-ids')
  using _lock = await acquireLock({ path, kind: 'claims', label: 'the table of user ids' }, engine.patience)
  const others = allottedToAll(engine)
  const of = (kind: 'uid' | 'gid'): IdMapping[] =>
    allotIds({
      size,
      forced: forced[`${kind}s`],
      available: availableIds(engine, kind),
      used: others.flatMap((mappings) => mappings[`${kind}s`].map(outside)),
    })
  const allotted = { uids: of('uid'), gids: of('gid') }
  writeNewFile(join(folder, containerFiles.root.ids), JSON.stringify(allotted))
  return allotted
}

/** Of those that are being made, too. */
function allottedToAll(engine: Engine): IdMappings[] {
  const folder = paths.containers(engine.at)
  return readdirSync(folder).flatMap((name) => {
    const text = absentAsUndefined(() => readFileSync(join(folder, name, containerFiles.root.ids), 'utf8'))
    return text === undefined ? [] : [JSON.parse(text) as IdMappings]
  })
}

function outside({ hostID, size }: IdMapping): IdRange {
  return { start: hostID, end: hostID + size }
}

/** Rootless, 0 is the user, and all others that our namespace has are there to be given away. */
function availableIds(engine: Engine, kind: 'uid' | 'gid'): IdRange[] {
  const ranges = engine.settings.isRootless
    ? [{ start: 1, end: idCount(kind) }].filter(({ start, end }) => start < end)
    : subordinateIds(kind, rootsUser)
  if (ranges.length === 0) throw noIds(engine.settings.isRootless ? 'this user' : `the user '${rootsUser}'`, kind)
  return ranges
}

function noIds(whose: string, kind: 'uid' | 'gid'): EngineError {
  const hint =
    whose === 'this user'
      ? 'Give the user a range in /etc/subuid and /etc/subgid, then: gantry system migrate'
      : `Add to /etc/subuid and /etc/subgid: ${rootsUser}:2147483648:1073741824`
  const message = `--userns auto needs subordinate ids, and ${whose} has none in /etc/sub${kind}`
  return new EngineError({ kind: 'unavailable', code: 'userns-no-ids', message, hint })
}
