// The removal proper: renamed out of the way, then deleted. Writes nothing new, so that it works on a full disk; a crash leaves
// only a folder in trash/ that the next removal and `system check --repair` sweep.

import { EngineError, errnoOf, errorMessage } from '../../base/errors.ts'
import { syncFolder } from '../../os/atomic-file.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { releaseClaim } from '../../state/claim.ts'
import { paths } from '../../state/layout.ts'
import { bury, type Grave } from '../../state/trash.ts'
import type { Engine } from '../engine.ts'
import { removeUnused } from '../volume/remove-unused.ts'
import { volumeMounts } from '../volume/volume-use.ts'
import type { StoredContainer } from './stored-container.ts'
import { announceEnd, eventSubject, isUnswept, keepMonitorOut, removeRunFolder, takeDown } from './sweep.ts'

export interface RemovalExtent {
  /** Its anonymous volumes go with it, as they always do with a container that ran with --rm. */
  readonly removesVolumes: boolean
}

/** The container's lock is held and it is not alive. Takes down what its last run left. */
export async function removeLocked(
  engine: Engine,
  container: StoredContainer,
  { removesVolumes }: RemovalExtent,
): Promise<void> {
  const { live, id, name } = container
  using _monitor = await keepMonitorOut(engine, container)
  if (isUnswept(engine, container)) await takeDown(engine, container)
  if (live.status === 'exited' && !live.isSwept) announceEnd(engine, container, live)
  // Before the container, which a crash would leave without them, not them without it.
  if (removesVolumes || container.stored.spec.isAutoRemoved) await removeAnonymousVolumes(engine, container)
  using grave = outOfTheWay(engine, id)
  await releaseClaim(engine.at, { kind: 'container', name, id }, engine.patience)
  removeRunFolder(engine, id)
  const end = live.status === 'exited' ? { exitCode: live.exitCode } : {}
  engine.events.append({
    ...eventSubject(container),
    ...end,
    status: 'remove',
    attributes: container.stored.spec.labels,
  })
  removeTree(grave.path)
  syncFolder(paths.trash(engine.at))
}

/** Those that no other container uses. One that cannot be removed stops nothing: it is there to be removed by name. */
async function removeAnonymousVolumes(engine: Engine, { id, stored }: StoredContainer): Promise<void> {
  for (const { name, isAnonymous } of volumeMounts(stored.spec.mounts)) {
    if (!isAnonymous) continue
    try {
      await removeUnused(engine, name, { except: id })
    } catch (error) {
      if (error instanceof EngineError && ['volume-in-use', 'volume-unknown'].includes(error.code)) continue
      engine.report({ type: 'warning', message: `removing volume ${name}: ${errorMessage(error)}` })
    }
  }
}

function outOfTheWay(engine: Engine, id: string): Grave {
  const home = paths.container(engine.at, id)
  const inPlace = { path: home, [Symbol.dispose]: () => undefined }
  try {
    return bury(engine.at, home) ?? inPlace
  } catch (error) {
    // No block left for one more folder entry: it is deleted where it stands.
    if (errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT') return inPlace
    throw error
  }
}
