// A container's state.json, made anew from what else is known: its claim, its spec, and whether its monitor lives.

import { join } from 'node:path'
import type { ContainerId } from '../../base/ids.ts'
import { bootId } from '../../os/boot-id.ts'
import { readStarted } from '../../runtime/live-state.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import { listClaims } from '../../state/claim.ts'
import type { LastRun } from '../../state/container-record.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { acquireLock } from '../../state/lock.ts'
import { currentSchema } from '../../state/record.ts'
import { saveRecord } from '../container/lock-container.ts'
import type { Engine } from '../engine.ts'

export async function healRecord(engine: Engine, id: ContainerId, stored: StoredSpec): Promise<void> {
  const path = join(paths.container(engine.at, id), containerFiles.root.lock)
  const label = `container ${id.slice(0, 12)}`
  using lock = await acquireLock({ path, kind: 'container', label }, engine.patience)
  if (!lock.isCurrent) return
  const name = listClaims(engine.at, 'container').find((claim) => claim.id === id)?.name ?? stored.spec.name
  saveRecord(engine, {
    schema: currentSchema,
    id,
    name,
    last: lastRun(engine, id),
    restartCount: 0,
    isStoppedByUser: false,
  })
}

/** What its run folder says is judged by live-state.ts: a start of this boot, whatever became of it. */
function lastRun(engine: Engine, id: string): LastRun {
  const started = readStarted(engine.at, id)
  if (started === undefined) return { status: 'created' }
  return { status: 'started', bootId: bootId(), startedAt: started.startedAt, isPaused: false }
}
