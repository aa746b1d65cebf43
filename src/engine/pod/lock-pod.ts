// One pod, locked: nobody joins it, starts, stops or removes it as a whole meanwhile. Comes before its containers' locks.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf } from '../../base/errors.ts'
import { paths, podFiles } from '../../state/layout.ts'
import { acquireLock, type HeldLock } from '../../state/lock.ts'
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
