// What follows a container's end: the monitor's exit record goes into state.json, mounts and the runtime's state go away. Shared by
// every verb that finds an end, and by the monitor's exit command; idempotent, and safe after a crash at any point of itself.

import { killCgroup } from '../../os/cgroup.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { deleteByRuntime } from '../../runtime/delete.ts'
import { type ExitedState, isAlive } from '../../runtime/live-state.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import type { ContainerRecord } from '../../state/container-record.ts'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { cgroupPathOf } from './cgroup-path.ts'
import { saveRecordIfRoom } from './lock-container.ts'
import { takeDownRootfs } from './rootfs.ts'
import { type StoredContainer } from './stored-container.ts'

export interface Swept {
  readonly record: ContainerRecord
  /** Whether there was anything to do. */
  readonly hasChanged: boolean
}

/**
 * Takes down what the last run left and records its end. The container's lock is held; it must not be alive.
 * Every step runs; @throws the first failure, or an AggregateError of several. On a full disk the exit record stays where it is,
 * below $RUN, and so does the truth.
 */
export async function sweep(engine: Engine, container: StoredContainer): Promise<Swept> {
  const { live, record } = container
  if (isAlive(live)) throw new Error(`sweep of running container ${container.id}`)
  if (live.status === 'created' && !live.isUnsettled) return { record, hasChanged: false }
  if (live.status === 'exited' && live.isSwept) return { record, hasChanged: false }
  await takeDown(engine, container)
  const next =
    live.status === 'exited' ? endedRecord(record, live) : { ...record, last: { status: 'created' as const } }
  if (!saveRecordIfRoom(engine, next)) return { record, hasChanged: true }
  if (live.status === 'exited') announceEnd(engine, container, live.exitCode)
  removeRunFolder(engine, container.id)
  return { record: next, hasChanged: true }
}

/** Kills strays and takes down runtime state and mounts, whatever the records say. The container's lock is held. Idempotent. */
export async function takeDown(engine: Engine, container: StoredContainer): Promise<void> {
  const { live, id, stored } = container
  const isEndUnseen = live.status === 'created' || (live.status === 'exited' && live.isLost)
  const runtime = runtimeOf(engine.at, stored)
  const steps: (() => void | Promise<void>)[] = [
    ...(isEndUnseen ? [async () => killStrays(engine, container)] : []),
    async () => deleteByRuntime(engine.at, runtime, id),
    () => takeDownRootfs(engine, container),
  ]
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, `taking down container ${container.name} failed`)
}

export function removeRunFolder(engine: Engine, id: string): void {
  removeTree(paths.runContainer(engine.at, id))
}

/** runc, killed before it wrote its state, leaves a frozen `runc init` that only its control group still names. */
async function killStrays(engine: Engine, container: StoredContainer): Promise<void> {
  const cgroup = cgroupPathOf(engine, container)
  if (cgroup !== undefined) await killCgroup(cgroup)
}

function endedRecord(record: ContainerRecord, live: ExitedState): ContainerRecord {
  const { startedAt, finishedAt, exitCode, isOomKilled, error } = live
  return {
    ...record,
    last: {
      status: 'exited',
      startedAt,
      finishedAt,
      exitCode,
      isOomKilled,
      ...(error === undefined ? {} : { error }),
    },
  }
}

export function announceEnd(engine: Engine, container: StoredContainer, exitCode: number): void {
  const attributes = container.stored.spec.labels
  engine.events.append({ ...eventSubject(container), status: 'died', exitCode, attributes })
  engine.events.append({ ...eventSubject(container), status: 'cleanup', attributes })
}

export function eventSubject(container: StoredContainer) {
  const image = container.stored.image?.name
  return {
    type: 'container' as const,
    id: container.id,
    name: container.name,
    ...(image === undefined ? {} : { image }),
  }
}
