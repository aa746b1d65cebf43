// The removal proper: renamed out of the way, then deleted. Writes nothing new, so that it works on a full disk; a crash leaves
// only a folder in trash/ that the next removal and `system check --repair` sweep.

import { existsSync } from 'node:fs'
import { errnoOf } from '../../base/errors.ts'
import { removeFile, syncAll } from '../../os/atomic-file.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { volumeMounts } from '../../spec/mounts.ts'
import { releaseClaim } from '../../state/claim.ts'
import { paths } from '../../state/layout.ts'
import { bury, type Grave } from '../../state/trash.ts'
import type { Engine } from '../engine.ts'
import { removeCidFile } from './cid-file.ts'
import { takeDownRootfs } from './rootfs.ts'
import type { StoredContainer } from './stored-container.ts'
import {
  announceEnd,
  eventSubject,
  isUnswept,
  keepMonitorOut,
  releaseCriu,
  removeRunFolder,
  takeDown,
} from './sweep.ts'

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
  forgetMounts(engine, container)
  if (isUnswept(engine, container)) await takeDown(engine, container)
  await releaseCriu(engine, container)
  if (live.status === 'exited' && !live.isSwept) announceEnd(engine, container, live)
  // Before the container, which a crash would leave without them, not them without it.
  const { mounts, isAutoRemoved } = container.stored.spec
  if ((removesVolumes || isAutoRemoved) && volumeMounts(mounts).length > 0) {
    const { removeAnonymousVolumes } = await import('./anonymous-volumes.ts')
    await removeAnonymousVolumes(engine, container)
  }
  using grave = outOfTheWay(engine, id)
  await releaseClaim(engine.at, { kind: 'container', name, id }, { ...engine.patience, durable: false })
  removeRunFolder(engine, id)
  const end = live.status === 'exited' ? { exitCode: live.exitCode } : {}
  const subject = eventSubject(container)
  engine.events.append({ ...subject, ...end, status: 'remove', attributes: container.stored.spec.labels })
  removeTree(grave.path)
  removeCidFile(container)
  // Only now, for the disk needs to be waited for once: file systems keep the order in which names changed.
  await syncAll([paths.claims(engine.at, 'container'), paths.containers(engine.at), paths.trash(engine.at)])
}

/** Whether `mount` holds its root file system or a killed command left it mounted. */
function forgetMounts(engine: Engine, container: StoredContainer): void {
  const { at } = engine
  const marks = [paths.handMount(at, container.id), paths.passingMount(at, container.id)]
  if (!marks.some((path) => existsSync(path))) return
  for (const path of marks) removeFile(path)
  takeDownRootfs(engine, container)
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
