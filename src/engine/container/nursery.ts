// Where containers are built: containers/<id>.<pid>.tmp, whose lock its maker holds until the container is published and beyond. Found
// without that lock, it is a dead maker's and anybody's to sweep.

import { existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { isFullId } from '../../base/ids.ts'
import { syncAll, writeNewFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { isProcessAlive } from '../../os/process.ts'
import { removeTree } from '../../os/remove-tree.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import type { ContainerRecord } from '../../state/container-record.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { acquireLock, type HeldLock, isLockHeld } from '../../state/lock.ts'
import type { Engine } from '../engine.ts'

const suffix = /^([0-9a-f]{64})\.(\d+)\.tmp$/

export interface Cradle extends Disposable {
  readonly folder: string
  /**
   * Makes it the container `id`. Durable, as the claim of its name, once the caller has synced what pathsOfContainer lists.
   * `check` is called when everybody sees what the container uses; throwing, it keeps the container from coming into being.
   */
  publish(files: CradleFiles, check: () => void): void
}

export interface CradleFiles {
  readonly stored: StoredSpec
  readonly record: ContainerRecord
}

/** Disposed without `publish`, it leaves nothing. */
export async function openCradle(engine: Engine, id: string): Promise<Cradle> {
  const folder = `${paths.container(engine.at, id)}.${process.pid}.tmp`
  const lock = await makeLocked(engine, folder, `container ${id.slice(0, 12)}`)
  let isPublished = false
  return {
    folder,
    publish({ stored, record }, check) {
      const state = join(folder, containerFiles.root.state)
      const spec = join(folder, containerFiles.root.spec)
      writeDraft(state, record)
      writeDraft(spec, stored)
      // A reader that takes cradles for containers sees a whole record or none.
      for (const path of [state, spec]) renameSync(draftOf(path), path)
      check()
      renameSync(folder, paths.container(engine.at, id))
      isPublished = true
    },
    [Symbol.dispose]() {
      if (!isPublished) removeTree(folder)
      lock[Symbol.dispose]()
    },
  }
}

/** What is to be synced for a container to survive a power cut: its records, their folder, those of all containers and of their names. */
export function pathsOfContainer(at: Layout, id: string): string[] {
  const folder = paths.container(at, id)
  const { state, spec } = containerFiles.root
  return [join(folder, state), join(folder, spec), folder, paths.containers(at), paths.claims(at, 'container')]
}

/** Of containers that others may have removed: what is still there. */
export async function syncContainers(at: Layout, ids: readonly string[]): Promise<void> {
  const all = new Set([paths.containers(at), ...ids.flatMap((id) => pathsOfContainer(at, id))])
  await syncAll([...all].filter((path) => existsSync(path)))
}

/** A sweep that comes between the folder and the holding of its lock takes it for a dead maker's: then it is made again. */
async function makeLocked(engine: Engine, folder: string, label: string): Promise<HeldLock> {
  const path = join(folder, containerFiles.root.lock)
  for (;;) {
    try {
      makeFolders(folder, 0o700)
      const lock = await acquireLock({ path, kind: 'container', label }, engine.patience)
      if (lock.isCurrent) return lock
      lock[Symbol.dispose]()
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error
    }
  }
}

/** Whether container `id` exists, or is being made by somebody alive. */
export function isPresent(at: Layout, id: string): boolean {
  if (existsSync(paths.container(at, id))) return true
  const cradles = cradlesIn(at).filter((cradle) => cradle.id === id)
  // Published between the two looks, it is no cradle any more.
  return cradles.some((cradle) => isTended(at, cradle)) || existsSync(paths.container(at, id))
}

export interface CradleEntry {
  /** In containers/. */
  readonly name: string
  readonly id: string
  readonly pid: number
}

/** Cradles whose makers died. Lock-free. */
export function abandonedCradles(at: Layout): CradleEntry[] {
  return cradlesIn(at).filter((cradle) => !isTended(at, cradle))
}

function cradlesIn(at: Layout): CradleEntry[] {
  const names = absentAsUndefined(() => readdirSync(paths.containers(at))) ?? []
  return names.flatMap((name) => {
    const [, id, pid] = suffix.exec(name) ?? []
    return id === undefined || !isFullId(id) ? [] : [{ name, id, pid: Number(pid) }]
  })
}

/** Its maker has not got as far as the lock for an instant only; afterwards the lock tells. */
function isTended(at: Layout, { name, pid }: CradleEntry): boolean {
  const lock = join(paths.containers(at), name, containerFiles.root.lock)
  return existsSync(lock) ? isLockHeld(lock) : isProcessAlive(pid)
}

function draftOf(path: string): string {
  return `${path}.new`
}

function writeDraft(path: string, record: object): void {
  writeNewFile(draftOf(path), `${JSON.stringify(record)}\n`, { durable: 'later' })
}
