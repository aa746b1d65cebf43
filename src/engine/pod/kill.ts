// One signal to the first process of each container of a pod that runs.

import { isAlive } from '../../runtime/live-state.ts'
import { kill as killContainer } from '../container/kill.ts'
import type { Engine } from '../engine.ts'
import { podGone } from './find-pod.ts'
import { membersOf } from './members.ts'
import { announcePod, onMembers } from './on-members.ts'
import { type PodRecord, readPod } from './pod-record.ts'

/** Whoever holds the pod's lock: so it ends what a stop waits for. @throws not-found `pod-unknown`; conflict `pod-partial` */
export async function kill(engine: Engine, target: Pick<PodRecord, 'id' | 'name'>, signal: number): Promise<void> {
  const pod = readPod(engine.at, target.id)
  if (pod === undefined) throw podGone(target.name)
  const members = membersOf(engine.at, target.id).filter(({ live }) => isAlive(live))
  await onMembers(members, {
    doing: 'killing',
    work: async (container) => killContainer(engine, { container, signal }),
  })
  announcePod(engine, pod, 'kill')
}
