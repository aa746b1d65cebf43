// Where pods are made and unmade: pods/<id>.<pid>.tmp, whose lock its maker, or remover, holds. Found without that lock it is a dead one's:
// what it names goes, its containers first. A pod's infra container so never stands without a pod for longer than until the next command.

import { existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import { syncAll, syncFolder } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { isProcessAlive } from '../../os/process.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { listClaims, releaseClaim } from '../../state/claim.ts'
import { type Layout, paths, podFiles } from '../../state/layout.ts'
import { acquireLock, isLockHeld, tryAcquireLock } from '../../state/lock.ts'
import { readRecord, writeRecord } from '../../state/record.ts'
import { isContainerGone } from '../container/lock-container.ts'
import { pathsOfContainer } from '../container/nursery.ts'
import { remove } from '../container/remove.ts'
import type { Engine } from '../engine.ts'
import { isInfra, membersByPod, membersOf } from './members.ts'
import { removeGroupOfGone } from './pod-group.ts'
import type { PodRecord } from './pod-record.ts'
import { removeServiceOfGone } from './service.ts'

export interface PodCradle extends Disposable {
  /** Everybody sees the pod from now on. Durable, as its claim is by then. */
  publish(): Promise<void>
}

/** The record is there before anything else of the pod is. Disposed without `publish`, it leaves nothing of its own. */
export async function openPodCradle(engine: Engine, record: PodRecord): Promise<PodCradle> {
  const folder = cradlePath(engine.at, record.id)
  makeFolders(folder, 0o700)
  const lock = await acquireLock(
    { path: join(folder, podFiles.lock), kind: 'pod', label: `pod ${record.name}` },
    engine.patience,
  )
  const file = join(folder, podFiles.record)
  writeRecord(file, record, { durable: 'later' })
  let isPublished = false
  return {
    async publish() {
      renameSync(folder, paths.pod(engine.at, record.id))
      isPublished = true
      await syncAll(pathsOfPod(engine.at, record))
    },
    [Symbol.dispose]() {
      if (!isPublished) removeTree(folder)
      lock[Symbol.dispose]()
    },
  }
}

function pathsOfPod(at: Layout, { id, infraId }: PodRecord): string[] {
  const folder = paths.pod(at, id)
  const own = [join(folder, podFiles.record), folder, paths.pods(at), paths.claims(at, 'pod')]
  return infraId === undefined ? own : [...own, ...pathsOfContainer(at, infraId)]
}

/** The pod is no pod any more; whoever comes by finishes what is left of it. Its lock is held, and stays so. */
export function unpublish(at: Layout, id: string): string {
  const folder = cradlePath(at, id)
  renameSync(paths.pod(at, id), folder)
  syncFolder(paths.pods(at))
  return folder
}

/** What `unpublish` left: containers, control group, name, folder. Idempotent. The lock in `folder` is held. */
export async function removeRemains(engine: Engine, id: string, folder: string): Promise<string[]> {
  const { at, patience } = engine
  const removed: string[] = []
  const members = membersOf(at, id)
  const infraLast = [...members].sort((a, b) => Number(isInfra(a)) - Number(isInfra(b)))
  for (const container of infraLast) {
    try {
      const request = { container, isForced: true, timeoutSeconds: 0, removesDependents: true, isPodRemoved: true }
      removed.push(...(await remove(engine, request)))
    } catch (error) {
      if (!isContainerGone(error)) throw error
    }
  }
  const pod = readRecord<PodRecord>(join(folder, podFiles.record))
  if (pod !== undefined) await removeGroupOfGone(engine, pod)
  for (const claim of listClaims(at, 'pod')) if (claim.id === id) await releaseClaim(at, claim, patience)
  if (pod !== undefined) await removeServiceOfGone(engine, pod)
  removeTree(folder)
  return removed
}

/** Whether pod `id` exists, or is being made or removed by somebody alive. */
export function isPodPresent(at: Layout, id: string): boolean {
  if (existsSync(paths.pod(at, id))) return true
  return cradlesIn(at).some((cradle) => cradle.id === id && isTended(cradle)) || existsSync(paths.pod(at, id))
}

interface Cradle {
  readonly folder: string
  readonly id: string
  readonly pid: number
}

export interface PodLeftover {
  readonly kind: 'cradle' | 'claim' | 'member'
  /** The pod's. */
  readonly id: string
  /** The folder, the claimed name, or the container's id. */
  readonly name: string
}

/** Lock-free. `isThorough`: looks for members of pods that are gone, too, which costs reading all containers. */
export function podLeftovers(at: Layout, isThorough: boolean): PodLeftover[] {
  if (!existsSync(paths.pods(at))) return []
  const cradles = cradlesIn(at).filter((cradle) => !isTended(cradle))
  const claims = listClaims(at, 'pod').filter(({ id }) => !isPodPresent(at, id))
  return [
    ...cradles.map(({ folder, id }) => ({ kind: 'cradle' as const, id, name: folder })),
    ...claims.map(({ id, name }) => ({ kind: 'claim' as const, id, name })),
    ...(isThorough ? orphans(at) : []),
  ]
}

function orphans(at: Layout): PodLeftover[] {
  // Listed before their pods are looked for: a member is made after its pod, and goes before it.
  const members = [...membersByPod(at)]
  return members
    .filter(([id]) => !isPodPresent(at, id))
    .flatMap(([id, containers]) => containers.map((container) => ({ kind: 'member' as const, id, name: container.id })))
}

/** Removes them. Idempotent. */
export async function sweepPods(engine: Engine): Promise<void> {
  for (const leftover of podLeftovers(engine.at, false)) await sweepPodLeftover(engine, leftover)
}

export async function sweepPodLeftover(engine: Engine, { kind, id, name }: PodLeftover): Promise<void> {
  if (kind === 'claim') {
    if (!isPodPresent(engine.at, id)) await releaseClaim(engine.at, { kind: 'pod', name, id }, engine.patience)
    return
  }
  if (kind === 'member') {
    if (isPodPresent(engine.at, id)) return
    const request = { container: { id: name, name }, isForced: true, timeoutSeconds: 0 }
    await remove(engine, { ...request, removesDependents: true, isPodRemoved: true })
    return
  }
  using lock = lockIfFree(name)
  if (lock?.isCurrent === true) await removeRemains(engine, id, name)
}

function lockIfFree(folder: string) {
  try {
    return tryAcquireLock({ path: join(folder, podFiles.lock), kind: 'pod', label: folder })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    return undefined
  }
}

function cradlePath(at: Layout, id: string): string {
  return `${paths.pod(at, id)}.${process.pid}.tmp`
}

function cradlesIn(at: Layout): Cradle[] {
  const names = absentAsUndefined(() => readdirSync(paths.pods(at))) ?? []
  return names.flatMap((name) => {
    const [, id = '', pid] = /^([0-9a-f]{64})\.(\d+)\.tmp$/.exec(name) ?? []
    return isFullId(id) ? [{ folder: join(paths.pods(at), name), id, pid: Number(pid) }] : []
  })
}

function isTended({ folder, pid }: Cradle): boolean {
  const lock = join(folder, podFiles.lock)
  return existsSync(lock) ? isLockHeld(lock) : isProcessAlive(pid)
}
