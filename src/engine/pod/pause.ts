// Freezing the containers of a pod that run.

import { pause as pauseContainer } from '../container/pause.ts'
import type { Engine } from '../engine.ts'
import { lockPod } from './lock-pod.ts'
import { membersOf } from './members.ts'
import { announcePod, onMembers } from './on-members.ts'
import type { PodRecord } from './pod-record.ts'

/** @throws not-found `pod-unknown`; conflict `pod-partial`; as the pausing of a container does */
export async function pause(engine: Engine, target: Pick<PodRecord, 'id' | 'name'>): Promise<void> {
  using locked = await lockPod(engine, target)
  const members = membersOf(engine.at, target.id).filter(({ live }) => live.status === 'running')
  await onMembers(members, { doing: 'pausing', work: async (container) => pauseContainer(engine, container) })
  announcePod(engine, locked.pod, 'pause')
}
