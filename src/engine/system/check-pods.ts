// Pods: their records and names, their infra containers, and what belongs to a pod that is gone.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { claimOwner, tryClaim } from '../../state/claim.ts'
import { paths, podFiles } from '../../state/layout.ts'
import { isLockHeld } from '../../state/lock.ts'
import type { Engine } from '../engine.ts'
import { membersOf } from '../pod/members.ts'
import { type PodLeftover, podLeftovers, removeRemains, sweepPodLeftover, unpublish } from '../pod/nursery.ts'
import { type PodRecord, podIds, readPod } from '../pod/pod-record.ts'
import type { Problem } from './problem.ts'

export function checkPods(engine: Engine): Problem[] {
  if (!existsSync(paths.pods(engine.at))) return []
  const left = podLeftovers(engine.at, true).map((leftover) => ({
    code: `pod-${leftover.kind}-left`,
    message: messageOf(leftover),
    heal: async () => sweepPodLeftover(engine, leftover),
  }))
  return [...left, ...podIds(engine.at).flatMap((id) => checkPod(engine, id))]
}

function messageOf({ kind, id, name }: PodLeftover): string {
  const pod = id.slice(0, 12)
  if (kind === 'cradle') return `'${name}' was left by a command that was killed while it made or removed pod ${pod}`
  if (kind === 'claim') return `the name '${name}' belongs to pod ${pod}, which is not there`
  return `container ${name.slice(0, 12)} is in pod ${pod}, which is not there`
}

function checkPod(engine: Engine, id: string): Problem[] {
  // Whoever is at work on it may be removing it.
  if (isLockHeld(join(paths.pod(engine.at, id), podFiles.lock))) return []
  const pod = readable(engine, id)
  if (typeof pod === 'string') return existsSync(paths.pod(engine.at, id)) ? [broken(engine, id, pod)] : []
  return [...unclaimed(engine, pod), ...withoutInfra(engine, pod)]
}

function readable({ at }: Engine, id: string): PodRecord | 'missing' | 'damaged' {
  try {
    return readPod(at, id) ?? 'missing'
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'corrupt') return 'damaged'
    throw error
  }
}

function broken(engine: Engine, id: string, how: string): Problem {
  return {
    code: 'pod-record-unreadable',
    message: `pod ${id.slice(0, 12)}: its ${podFiles.record} is ${how}`,
    remove: async () => {
      await removeRemains(engine, id, unpublish(engine.at, id))
    },
  }
}

function unclaimed(engine: Engine, { id, name }: PodRecord): Problem[] {
  const owner = claimOwner(engine.at, 'pod', name)
  if (owner === id) return []
  return [
    {
      code: 'pod-name-unclaimed',
      message: `pod ${id.slice(0, 12)} is called '${name}', but that name is ${owner === undefined ? "nobody's" : "another pod's"}`,
      ...(owner === undefined ? { heal: () => tryClaim(engine.at, { kind: 'pod', name, id }) } : {}),
    },
  ]
}

function withoutInfra(engine: Engine, { id, name, infraId }: PodRecord): Problem[] {
  if (infraId === undefined || existsSync(paths.container(engine.at, infraId))) return []
  const members = membersOf(engine.at, id).length
  return [
    {
      code: 'pod-infra-missing',
      message: `pod ${id.slice(0, 12)} ('${name}') lacks its infra container, so none of its ${members} containers can start: make it anew`,
      remove: async () => {
        await removeRemains(engine, id, unpublish(engine.at, id))
      },
    },
  ]
}
