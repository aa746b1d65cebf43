// The removal proper: renamed out of the way, then deleted. Writes nothing new, so that it works on a full disk; a crash leaves
// only a folder in trash/ that the next removal and `system check --repair` sweep.

import { randomBytes } from 'node:crypto'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf } from '../../base/errors.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { releaseClaim } from '../../state/claim.ts'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import type { StoredContainer } from './stored-container.ts'
import { announceEnd, eventSubject, removeRunFolder, takeDown } from './sweep.ts'

/** The container's lock is held and it is not alive. Takes down what its last run left. */
export async function removeLocked(engine: Engine, container: StoredContainer): Promise<void> {
  const { live, id, name } = container
  const isUnswept = live.status === 'exited' ? !live.isSwept : live.status === 'created' && live.isUnsettled
  if (isUnswept) await takeDown(engine, container)
  if (live.status === 'exited' && !live.isSwept) announceEnd(engine, container, live.exitCode)
  const grave = rename(engine, id)
  await releaseClaim(engine.at, { kind: 'container', name, id }, engine.patience)
  removeRunFolder(engine, id)
  engine.events.append({ ...eventSubject(container), status: 'remove', attributes: container.stored.spec.labels })
  removeTree(grave)
}

function rename(engine: Engine, id: string): string {
  const home = paths.container(engine.at, id)
  const grave = join(paths.trash(engine.at), `${id}.${randomBytes(6).toString('hex')}`)
  try {
    renameSync(home, grave)
    return grave
  } catch (error) {
    // No block left for one more folder entry: it is deleted where it stands.
    if (errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT') return home
    throw error
  }
}
