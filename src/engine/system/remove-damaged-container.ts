// Removing a container whose records cannot be read: by its folders alone.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { mountsBelow } from '../../os/mounts.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { listClaims, releaseClaim } from '../../state/claim.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { acquireLock } from '../../state/lock.ts'
import { bury } from '../../state/trash.ts'
import { unmountIfMounted } from '../../storage/mount-state.ts'
import { sweepOrphanRun } from '../container/abandoned-run.ts'
import type { Engine } from '../engine.ts'

/** Ends what runs of it. Idempotent. */
export async function removeDamagedContainer(engine: Engine, id: string): Promise<void> {
  const home = paths.container(engine.at, id)
  if (!existsSync(home)) return
  const path = join(home, containerFiles.root.lock)
  using lock = await acquireLock({ path, kind: 'container', label: `container ${id.slice(0, 12)}` }, engine.patience)
  if (!lock.isCurrent) return
  using grave = bury(engine.at, home)
  await sweepOrphanRun(engine, id)
  for (const claim of listClaims(engine.at, 'container').filter((one) => one.id === id)) {
    await releaseClaim(engine.at, claim, engine.patience)
  }
  if (grave === undefined) return
  for (const mount of mountsBelow(grave.path)) unmountIfMounted(mount)
  removeTree(grave.path)
}
