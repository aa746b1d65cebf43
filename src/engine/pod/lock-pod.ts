// One pod, locked: nobody joins it, starts, stops or removes it as a whole meanwhile. Comes before its containers' locks.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf } from '../../base/errors.ts'
import { paths, podFiles } from '../../state/layout.ts'
import { acquireLock, type HeldLock, inOwnLockFlow } from '../../state/lock.ts'
import type { Engine } from '../engine.ts'
import { podGone } from './find-pod.ts'
import { type PodRecord, readPod } from './pod-record.ts'

export interface LockedPod extends Disposable {
  readonly pod: PodRecord
}

/** @throws not-found `pod-unknown` when it was removed meanwhile; unavailable `lock-timeout` */
export async function lockPod(engine: Engine, { id, name }: Pick<PodRecord, 'id' | 'name'>): Promise<LockedPod> {
  const lock = await lockFile(engine, { id, name })
  const pod = lock.isCurrent ? readPod(engine.at, id) : undefined
  if (pod !== undefined) return { pod, [Symbol.dispose]: () => lock[Symbol.dispose]() }
  lock[Symbol.dispose]()
  throw podGone(name)
}

/** A pod's lock, shared by what this process does to its containers at once; free whenever all of that waits for something else. */
export interface SharedLock extends Disposable {
  /** Runs `work` with the lock held. @throws as lockPod, and as `work` */
  within<T>(work: () => Promise<T>): Promise<T>
  /** It is held no longer on account of who made this. Idempotent. */
  leave(): void
}

/** Takes the lock over. */
export function shareLock(engine: Engine, first: LockedPod): SharedLock {
  let users = 1
  let held: Promise<LockedPod> | undefined = Promise.resolve(first)
  const drop = async () => {
    users -= 1
    if (users > 0) return
    const last = held
    held = undefined
    await last?.then((locked) => locked[Symbol.dispose]()).catch(() => undefined)
  }
  let isLeft = false
  const leave = () => {
    if (!isLeft) void drop()
    isLeft = true
  }
  return {
    async within(work) {
      users += 1
      held ??= inOwnLockFlow(async () => lockPod(engine, first.pod))
      try {
        await held
        return await work()
      } finally {
        await drop()
      }
    },
    leave,
    [Symbol.dispose]: leave,
  }
}

async function lockFile(engine: Engine, { id, name }: Pick<PodRecord, 'id' | 'name'>): Promise<HeldLock> {
  const folder = paths.pod(engine.at, id)
  if (!existsSync(folder)) throw podGone(name)
  try {
    const path = join(folder, podFiles.lock)
    return await acquireLock({ path, kind: 'pod', label: `pod ${name}` }, engine.patience)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') throw podGone(name)
    throw error
  }
}
