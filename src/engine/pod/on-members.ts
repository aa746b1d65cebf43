// A verb of a pod is one of each of its containers: all are tried, and what failed is told together.

import { EngineError, errorMessage } from '../../base/errors.ts'
import { inOwnLockFlow } from '../../state/lock.ts'
import { isContainerGone } from '../container/lock-container.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import type { PodRecord } from './pod-record.ts'

export interface MemberWork {
  /** `starting`, for messages. */
  readonly doing: string
  readonly work: (container: StoredContainer) => Promise<unknown>
}

/** At once. The pod's lock, which comes before all of theirs, is held; nobody waits for one container's lock with another's in hand. @throws conflict `pod-partial` */
export async function onMembers(members: readonly StoredContainer[], { doing, work }: MemberWork): Promise<void> {
  const outcomes = await Promise.allSettled(members.map(async (one) => inOwnLockFlow(async () => work(one))))
  const troubles = outcomes.flatMap((outcome, index) => {
    if (outcome.status === 'fulfilled' || isContainerGone(outcome.reason)) return []
    return [`${doing} container ${members[index]?.id}: ${errorMessage(outcome.reason)}`]
  })
  if (troubles.length === 0) return
  throw new EngineError({
    kind: 'conflict',
    code: 'pod-partial',
    message: troubles.join('\nError: '),
    cause: new AggregateError(troubles.map((message) => new Error(message))),
  })
}

export function announcePod(engine: Engine, { id, name, labels }: PodRecord, status: string): void {
  engine.events.append({ type: 'pod', status, id, name, attributes: labels })
}
