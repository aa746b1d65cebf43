// One container, locked and read again. Whoever changes a container's record or its mounts does it between this and its disposal;
// nobody waits for a container's end meanwhile.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError, errnoOf } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import type { ReplaceOptions } from '../../os/atomic-file.ts'
import type { ContainerRecord } from '../../state/container-record.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { acquireLock, type HeldLock, isLockHeld, type LockRequest, tryAcquireLock } from '../../state/lock.ts'
import { writeRecord } from '../../state/record.ts'
import type { Engine } from '../engine.ts'
import { readStoredContainer, type StoredContainer } from './stored-container.ts'

export interface LockedContainer extends Disposable {
  readonly container: StoredContainer
}

/**
 * Waits for the container's lock (engine.patience) and reads the container under it.
 * @throws not-found `container-unknown` when it was removed meanwhile; unavailable `lock-timeout`
 */
export async function lockContainer(engine: Engine, target: { id: string; name: string }): Promise<LockedContainer> {
  const folder = paths.container(engine.at, target.id)
  if (!existsSync(folder)) throw containerGone(target.name)
  const path = join(folder, containerFiles.root.lock)
  const lock = await lockOrGone(engine, { path, kind: 'container', label: `container ${target.name}` }, target.name)
  const container = lock.isCurrent ? absentAsUndefined(() => readStoredContainer(engine.at, target.id)) : undefined
  if (container === undefined) {
    lock[Symbol.dispose]()
    throw containerGone(target.name)
  }
  return { container, [Symbol.dispose]: () => lock[Symbol.dispose]() }
}

/** The folder may go between our look and the opening of its lock. */
async function lockOrGone(engine: Engine, request: LockRequest, name: string): Promise<HeldLock> {
  try {
    return await acquireLock(request, engine.patience)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw containerGone(name)
    throw error
  }
}

/** Whether somebody holds the container's lock at this instant. Lock-free. */
export function isBusy(at: Layout, id: string): boolean {
  return isLockHeld(join(paths.container(at, id), containerFiles.root.lock))
}

/** As lockContainer, but waits for nobody and finds nothing odd: undefined when it is busy, gone or damaged. */
export function tryLockContainer(engine: Engine, id: string): LockedContainer | undefined {
  const path = join(paths.container(engine.at, id), containerFiles.root.lock)
  if (!existsSync(path)) return undefined
  const lock = tryAcquireLock({ path, kind: 'container', label: `container ${id.slice(0, 12)}` })
  const container = lock?.isCurrent === true ? readOrUndefined(engine, id) : undefined
  if (lock === undefined || container === undefined) {
    lock?.[Symbol.dispose]()
    return undefined
  }
  return { container, [Symbol.dispose]: () => lock[Symbol.dispose]() }
}

function readOrUndefined(engine: Engine, id: string): StoredContainer | undefined {
  try {
    return readStoredContainer(engine.at, id)
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return undefined
    throw error
  }
}

/** Replaces the container's record. The container's lock is held. */
export function saveRecord(engine: Engine, record: ContainerRecord, options: ReplaceOptions = {}): void {
  const path = join(paths.container(engine.at, record.id), containerFiles.root.state)
  writeRecord(path, record, { temporary: paths.containerDraft(engine.at, record.id), ...options })
}

/** As saveRecord, but a full disk does not stop the verb. False when nothing was written. The container's lock is held. */
export function saveRecordIfRoom(engine: Engine, record: ContainerRecord, options: ReplaceOptions = {}): boolean {
  try {
    saveRecord(engine, record, options)
    return true
  } catch (error) {
    if (errnoOf(error) !== 'ENOSPC' && errnoOf(error) !== 'EDQUOT') throw error
    logDebug('no space for the container record; it stays as it is', { id: record.id })
    return false
  }
}

export function containerGone(name: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'container-unknown',
    message: `no container with name or ID "${name}" found: no such container`,
  })
}

export function isContainerGone(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'container-unknown'
}

/** podman's "container state improper": `code` is always `container-state`. */
export function stateImproper(message: string, hint?: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'container-state',
    message: `${message}: container state improper`,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Of an exec session. */
export function notRunning(): EngineError {
  return stateImproper('can only create exec sessions on running containers')
}

export function isStateImproper(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'container-state'
}
