// What follows a container's end: the monitor's exit record goes into state.json, mounts and the runtime's state go away. Shared by
// every verb that finds an end, and by the monitor's exit command; idempotent, and safe after a crash at any point of itself.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defined } from '../../base/defined.ts'
import { absentAsUndefined } from '../../base/errors.ts'
import { runAllSteps } from '../../base/run-all-steps.ts'
import { killCgroup } from '../../os/cgroup.ts'
import { flockOwner } from '../../os/flock-owner.ts'
import { killQuietly } from '../../os/process.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { killByMounts } from '../../os/stray-processes.ts'
import { deleteByRuntime, forgetEnded } from '../../runtime/delete.ts'
import { type ExitedState, isAlive } from '../../runtime/live-state.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { imageMounts, volumeMounts } from '../../spec/mounts.ts'
import type { ContainerRecord, LastRun } from '../../state/container-record.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { acquireLock, tryAcquireLock } from '../../state/lock.ts'
import { unmountIfMounted } from '../../storage/mount-state.ts'
import type { Engine } from '../engine.ts'
import { cgroupPathOf } from './cgroup-path.ts'
import { saveRecordIfRoom } from './lock-container.ts'
import { leavePodHosts } from './pod-hosts.ts'
import { takeDownRootfs } from './rootfs.ts'
import { networkTeardown } from './set-up-network.ts'
import type { StoredContainer } from './stored-container.ts'

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
  if (!isUnswept(engine, container)) return { record, hasChanged: false }
  using _monitor = await keepMonitorOut(engine, container)
  await takeDown(engine, container)
  const next = sweptRecord(container)
  if (next !== record && !saveRecordIfRoom(engine, next)) return { record, hasChanged: true }
  if (live.status === 'exited' && !live.isSwept) announceEnd(engine, container, live)
  removeRunFolder(engine, container.id)
  return { record: next, hasChanged: true }
}

/** Whether a run, or a start that was killed before it said so in the record, may have left something. */
export function isUnswept(engine: Engine, { id, live }: StoredContainer): boolean {
  if (live.status === 'exited' && !live.isSwept) return true
  if (live.status === 'created' && live.isUnsettled) return true
  return existsSync(paths.runContainer(engine.at, id))
}

/**
 * A client that was killed may have left a monitor that is still on its way to its lock: while we hold that, it starts nothing, and
 * afterwards its folder is gone. The container's lock is held and it is not alive.
 */
export async function keepMonitorOut(engine: Engine, { id, live }: StoredContainer): Promise<Disposable> {
  const folder = paths.runContainer(engine.at, id)
  const isEndKnown = live.status === 'exited' && !live.isSwept && !live.isLost
  // A monitor that has written its end holds the lock for as long as its keeper cleans up.
  if (isEndKnown || !existsSync(folder)) return { [Symbol.dispose]: () => undefined }
  const path = join(folder, containerFiles.run.monitorLock)
  const request = { path, kind: 'monitor', label: `the monitor of container ${id.slice(0, 12)}` } as const
  const lock = tryAcquireLock(request)
  if (lock !== undefined) return lock
  // Without it its runtime ends too, and what that started is found by control group.
  const monitor = flockOwner(path)
  if (monitor !== undefined) killQuietly(monitor)
  return acquireLock(request, engine.patience)
}

function sweptRecord({ live, record }: StoredContainer): ContainerRecord {
  if (live.status === 'exited' && !live.isSwept) return endedRecord(record, live)
  return record.last.status === 'started' ? undoneRecord(record, record.last) : record
}

/** Of a start that was killed: as it was. A stop that came meanwhile counts. */
function undoneRecord(record: ContainerRecord, { before }: Extract<LastRun, { status: 'started' }>): ContainerRecord {
  if (before === undefined) return { ...record, last: { status: 'created' } }
  const { restartPauseMs: _pause, isRestartDue: _due, ...kept } = record
  return { ...kept, ...before, isStoppedByUser: record.isStoppedByUser || before.isStoppedByUser }
}

/** Kills strays and takes down runtime state and mounts, whatever the records say. The container's lock is held. Idempotent. */
export async function takeDown(engine: Engine, container: StoredContainer): Promise<void> {
  const { live, id, stored } = container
  const isEndUnseen = live.status === 'created' || (live.status === 'exited' && live.isLost)
  const runtime = runtimeOf(engine.at, stored)
  const steps: (() => void | Promise<void>)[] = [
    async () => releaseCriu(engine, container),
    ...(isEndUnseen || isOutlivedUnbound(engine, container) ? [async () => killStrays(engine, container)] : []),
    async () => (isEndUnseen ? deleteByRuntime(engine.at, runtime, id) : deleteEnded(engine, container)),
    () => takeDownRootfs(engine, container),
    async () => takeDownExtras(engine, container),
    async () => leavePodHosts(engine, container),
    ...networkTeardown(engine, id),
  ]
  await runAllSteps(steps, `taking down container ${container.name} failed`)
}

/** Overlays and volumes. What most containers have not got is loaded for those that have. Idempotent. The container's lock is held and it is not alive. */
export async function takeDownExtras(engine: Engine, container: StoredContainer): Promise<void> {
  const { id, stored } = container
  if (existsSync(join(paths.container(engine.at, id), containerFiles.root.overlays))) {
    const { takeDownOverlays } = await import('./overlay-mounts.ts')
    takeDownOverlays(engine, id)
  }
  const { mounts } = stored.spec
  if (volumeMounts(mounts).length + imageMounts(mounts).length === 0) return
  unmountParts(engine, id)
  const { releaseVolumes } = await import('./container-volumes.ts')
  await releaseVolumes(engine, container)
}

/** Idempotent. The container's lock is held and it is not alive. */
export async function releaseCriu(engine: Engine, { id, stored }: StoredContainer): Promise<void> {
  // runc's, for a restore; it stays when that is killed, and runc cannot forget the container then.
  const root = join(paths.runtimeState(engine.at, stored.runtime.name), id, 'criu-root')
  if (existsSync(root)) unmountIfMounted(root)
  if (!existsSync(paths.criu(engine.at, id))) return
  const { takeDownCriu } = await import('./criu-leftovers.ts')
  takeDownCriu(engine, id)
}

async function deleteEnded(engine: Engine, container: StoredContainer): Promise<void> {
  const { id, stored } = container
  const runtime = runtimeOf(engine.at, stored)
  const hasHooks = existsSync(join(paths.runContainer(engine.at, id), containerFiles.run.lastHooks))
  const isPlain = runtime.name === 'runc' && stored.cgroupManager === 'cgroupfs' && !hasHooks
  const group = isPlain ? cgroupPathOf(engine, container) : undefined
  if (group === undefined) await deleteByRuntime(engine.at, runtime, id)
  else await forgetEnded(engine.at, runtime, { id, group })
}

export function removeRunFolder(engine: Engine, id: string): void {
  unmountOwn(engine, id, containerFiles.run.shm)
  unmountOwn(engine, id, containerFiles.run.secrets)
  unmountParts(engine, id)
  removeTree(paths.runContainer(engine.at, id))
}

/** Of mounts that only some containers have. */
function unmountOwn(engine: Engine, id: string, name: string): void {
  const path = join(paths.runContainer(engine.at, id), name)
  if (existsSync(path)) unmountIfMounted(path)
}

/** Without a control group and with others' process numbers, nobody ends what the first process has left: neither kernel nor runtime. */
function isOutlivedUnbound(engine: Engine, container: StoredContainer): boolean {
  const { pid } = container.stored.spec.namespaces
  return container.live.status === 'exited' && pid.kind !== 'private' && cgroupPathOf(engine, container) === undefined
}

/** Sources with mapped ids, and parts of volumes: what shows something of a volume goes before the volume does. */
function unmountParts(engine: Engine, id: string): void {
  for (const kind of [containerFiles.run.idMapped, containerFiles.run.subPaths]) {
    const folder = join(paths.runContainer(engine.at, id), kind)
    const names = absentAsUndefined(() => readdirSync(folder)) ?? []
    for (const name of names) unmountIfMounted(join(folder, name))
  }
}

/** runc, killed before it wrote its state, leaves a `runc init` that only its control group, if it has one, still names. */
async function killStrays(engine: Engine, container: StoredContainer): Promise<void> {
  const cgroup = cgroupPathOf(engine, container)
  if (cgroup === undefined) await killByMounts(container.id)
  else await killCgroup(cgroup)
}

function endedRecord(record: ContainerRecord, live: ExitedState): ContainerRecord {
  const { startedAt, finishedAt, exitCode, isOomKilled, error, restoredAt, checkpointedAt } = live
  return {
    ...record,
    last: {
      status: 'exited',
      startedAt,
      finishedAt,
      exitCode,
      isOomKilled,
      ...defined({ error, restoredAt, checkpointedAt }),
    },
  }
}

/** docker's word for the kernel's kill goes before. */
export function announceEnd(engine: Engine, container: StoredContainer, { exitCode, isOomKilled }: ExitedState): void {
  const attributes = container.stored.spec.labels
  if (isOomKilled) engine.events.append({ ...eventSubject(container), status: 'oom', attributes })
  engine.events.append({ ...eventSubject(container), status: 'died', exitCode, attributes })
  engine.events.append({ ...eventSubject(container), status: 'cleanup', attributes })
}

export function eventSubject(container: StoredContainer) {
  const image = container.stored.image?.name
  const { pod } = container.stored.spec
  return {
    type: 'container' as const,
    id: container.id,
    name: container.name,
    ...(image === undefined ? {} : { image }),
    ...(pod === undefined ? {} : { podId: pod.id }),
  }
}
