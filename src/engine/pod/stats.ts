// What the running containers of pods use. Takes no lock.

import { isAlive } from '../../runtime/live-state.ts'
import { type ContainerStats, checkStats, measure } from '../container/stats.ts'
import type { Engine } from '../engine.ts'
import { membersByPod } from './members.ts'
import type { PodRecord } from './pod-record.ts'

export interface PodUse {
  readonly pod: PodRecord
  readonly stats: ContainerStats
}

/** `before`: the last measurement of each container, by id. @throws as checkStats */
export function podStats(
  engine: Engine,
  pods: readonly PodRecord[],
  before: ReadonlyMap<string, ContainerStats>,
): PodUse[] {
  checkStats(engine)
  const members = membersByPod(engine.at)
  const running = pods.flatMap((pod) =>
    (members.get(pod.id) ?? []).filter(({ live }) => isAlive(live)).map(({ id }) => ({ pod, id })),
  )
  const measured = new Map(
    measure(engine, { names: [], all: false, latest: false }, before).map((one) => [one.id, one]),
  )
  return running.flatMap(({ pod, id }) => {
    const stats = measured.get(id)
    return stats === undefined ? [] : [{ pod, stats }]
  })
}
