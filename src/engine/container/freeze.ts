// Freezing all processes of a container, and thawing them. The record says first that they are frozen: should we be killed, `unpause` helps.

import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { pauseByRuntime, resumeByRuntime } from '../../runtime/pause.ts'
import type { ContainerRecord } from '../../state/container-record.ts'
import type { Engine } from '../engine.ts'
import { saveRecord, saveRecordIfRoom } from './lock-container.ts'
import type { StoredContainer } from './stored-container.ts'

/** False when it has ended, perhaps so lately that its monitor has not told of it yet. The container's lock is held, and it runs. */
export async function freeze(engine: Engine, { id, stored, record }: StoredContainer): Promise<boolean> {
  saveRecord(engine, withPaused(record, true), forThisBoot)
  let isFrozen = false
  try {
    isFrozen = await pauseByRuntime(runtimeOf(engine.at, stored), id)
  } finally {
    if (!isFrozen) saveRecordIfRoom(engine, withPaused(record, false), forThisBoot)
  }
  return isFrozen
}

/** Idempotent. The container's lock is held. */
export async function thaw(engine: Engine, { id, stored, record }: StoredContainer): Promise<void> {
  await resumeByRuntime(runtimeOf(engine.at, stored), id)
  saveRecordIfRoom(engine, withPaused(record, false), forThisBoot)
}

/** After a reboot nothing is frozen, whatever the record says. */
const forThisBoot = { durable: 'later' } as const

/** A record that does not run is as it was. */
export function withPaused({ last, ...record }: ContainerRecord, isPaused: boolean): ContainerRecord {
  return { ...record, last: last.status === 'started' ? { ...last, isPaused } : last }
}
