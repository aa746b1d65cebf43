// boot start: the containers and pods that are to run after a boot, once.

import { makeFolders } from '../../os/make-folders.ts'
import { unitVariable } from '../../os/own-service.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { paths } from '../../state/layout.ts'
import { inOwnLockFlow, tryAcquireLock } from '../../state/lock.ts'
import { allContainers } from '../container/select.ts'
import { start } from '../container/start.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { readPod } from '../pod/pod-record.ts'
import { start as startPod } from '../pod/start.ts'
import { isBootDone, markBootDone } from './begin-after-boot.ts'

export interface StartedAtBoot {
  /** Names of containers and pods. */
  readonly started: readonly string[]
  readonly failed: readonly unknown[]
}

/**
 * Undefined where it has been done in this boot, or somebody is at it. A process that is killed meanwhile has not done it: the next one goes on.
 * One that does not start keeps no other from it.
 */
export async function startAfterBoot(engine: Engine): Promise<StartedAtBoot | undefined> {
  const { at } = engine
  makeFolders(at.run, 0o700)
  using lock = tryAcquireLock({ path: paths.bootLock(at), kind: 'boot', label: 'the start after a boot' })
  if (lock === undefined || isBootDone(at)) return undefined
  const started: string[] = []
  const failed: unknown[] = []
  for (const { name, work } of startsOf(engine)) {
    try {
      await inOwnLockFlow(work)
      started.push(name)
    } catch (error) {
      failed.push(error)
    }
  }
  markBootDone(at)
  return { started, failed }
}

interface Start {
  readonly name: string
  readonly work: () => Promise<unknown>
}

/** A pod whose policy it is goes as a whole; oldest first, for what depends on another is younger. */
function startsOf(engine: Engine): Start[] {
  const starts = new Map<string, Start>()
  for (const container of allContainers(engine.at).reverse().filter(isDueAtBoot)) {
    const { pod: facet } = container.stored.spec
    const pod = facet === undefined ? undefined : readPod(engine.at, facet.id)
    const isWhole = pod !== undefined && ['always', 'unless-stopped'].includes(pod.restart.policy)
    if (isWhole) starts.set(pod.id, { name: pod.name, work: async () => startPod(engine, pod) })
    else {
      const work = async () => wake(engine, container)
      starts.set(container.id, { name: container.name, work })
    }
  }
  return [...starts.values()]
}

/** What is to start it after a boot; undefined for what nobody starts then. Services of systemd's start their containers by themselves. */
export function bootPolicyOf({ record, stored }: StoredContainer): 'always' | 'unless-stopped' | undefined {
  const { restart, labels } = stored.spec
  if (Object.hasOwn(labels, unitVariable)) return undefined
  if (restart.policy === 'always') return restart.policy
  return restart.policy === 'unless-stopped' && !record.isStoppedByUser ? restart.policy : undefined
}

function isDueAtBoot(container: StoredContainer): boolean {
  return !isAlive(container.live) && bootPolicyOf(container) !== undefined
}

/** The start of another that needs it may have been faster. */
async function wake(engine: Engine, container: StoredContainer): Promise<void> {
  const { readStoredContainer } = await import('../container/stored-container.ts')
  const now = readStoredContainer(engine.at, container.id)
  if (now !== undefined && !isAlive(now.live)) await start(engine, { container, isAttached: false })
}
