// Thawing the containers of a pod that are paused.

import { unpause as unpauseContainer } from '../container/unpause.ts'
import type { Engine } from '../engine.ts'
import { lockPod } from './lock-pod.ts'
import { membersOf } from './members.ts'
import { announcePod, onMembers } from './on-members.ts'
import type { PodRecord } from './pod-record.ts'

/** @throws not-found `pod-unknown`; conflict `pod-partial` */
export async function unpause(engine: Engine, target: Pick<PodRecord, 'id' | 'name'>): Promise<void> {
  using locked = await lockPod(engine, target)
  const members = membersOf(engine.at, target.id).filter(({ live }) => live.status === 'paused')
  await onMembers(members, { doing: 'unpausing', work: async (container) => unpauseContainer(engine, container) })
  announcePod(engine, locked.pod, 'unpause')
}
