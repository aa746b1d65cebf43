// One signal to the first process of each container of a pod that runs.

import { isAlive } from '../../runtime/live-state.ts'
import { kill as killContainer } from '../container/kill.ts'
import type { Engine } from '../engine.ts'
import { lockPod } from './lock-pod.ts'
import { membersOf } from './members.ts'
import { announcePod, onMembers } from './on-members.ts'
import type { PodRecord } from './pod-record.ts'

/** @throws not-found `pod-unknown`; conflict `pod-partial` */
export async function kill(engine: Engine, target: Pick<PodRecord, 'id' | 'name'>, signal: number): Promise<void> {
  using locked = await lockPod(engine, target)
  const members = membersOf(engine.at, target.id).filter(({ live }) => isAlive(live))
  await onMembers(members, {
    doing: 'killing',
    work: async (container) => killContainer(engine, { container, signal }),
  })
  announcePod(engine, locked.pod, 'kill')
}
