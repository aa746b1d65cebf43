// top of a pod: the processes of its running containers under one heading; those that share a process namespace are shown once.

import { EngineError } from '../../base/errors.ts'
import { namespaceOf } from '../../os/process.ts'
import { type AliveState, isAlive } from '../../runtime/live-state.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import { top } from '../container/top.ts'
import type { Engine } from '../engine.ts'
import { membersOf } from './members.ts'
import type { PodRecord } from './pod-record.ts'

/** Cells, as top's. @throws conflict `pod-not-running`; as top does */
export async function podTop(
  engine: Engine,
  pod: PodRecord,
  words: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const running = membersOf(engine.at, pod.id).filter(({ live }) => isAlive(live) && live.status !== 'initialized')
  if (running.length === 0) {
    const message = 'pod top can only be used on pods with at least one running container'
    throw new EngineError({ kind: 'conflict', code: 'pod-not-running', message })
  }
  const tables: (readonly (readonly string[])[])[] = []
  for (const container of distinct(running)) tables.push(await top(engine, container, words))
  const [heading = []] = tables[0] ?? []
  return [heading, ...tables.flatMap((rows) => rows.slice(1))]
}

function distinct(running: readonly StoredContainer[]): StoredContainer[] {
  const spaces = new Map(running.map((container) => [spaceOf(container), container]))
  return [...spaces.values()]
}

/** A process that has just ended has none: it is looked at by itself. */
function spaceOf({ live, id }: StoredContainer): string {
  return namespaceOf((live as AliveState).pid, 'pid') ?? id
}
