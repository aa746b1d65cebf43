// top: the processes of a running container, column by column, read from /proc; whatever is no column of ours is left to ps(1).

import { EngineError, invalid } from '../../base/errors.ts'
import { listProcesses, type ProcessFacts } from '../../os/process-facts.ts'
import { isAlive } from '../../runtime/live-state.ts'
import type { Engine } from '../engine.ts'
import type { StoredContainer } from './stored-container.ts'
import { defaultDescriptors, findDescriptor } from './top-descriptors.ts'
import { topNames } from './top-names.ts'
import { psLines } from './top-ps.ts'

/**
 * Cells of the heading and of each process, by descriptors (`pid`, `%p`, also `pid,user`), or by the arguments of ps(1), whose lines have
 * one cell.
 * @throws conflict `container-state` unless it runs; invalid `ps-failed`
 */
export async function top(
  engine: Engine,
  container: StoredContainer,
  words: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const { live } = container
  if (!isAlive(live) || (live.status !== 'running' && live.status !== 'stopping')) {
    throw notRunning()
  }
  const names = words.flatMap((word) => word.split(',')).filter((word) => word !== '')
  const columns = (names.length === 0 ? defaultDescriptors : names).map((name) => findDescriptor(name.trim()))
  if (columns.includes(undefined)) return (await psLines(engine, container, words)).map((line) => [line])
  const descriptors = columns.flatMap((column) => column ?? [])
  const seen = processesInside(live.pid)
  if (seen.length === 0) throw invalid('process-gone', 'the container ended while its processes were read')
  const lookUp = topNames(live.pid)
  const view = insideView(live.pid, seen)
  return [
    descriptors.map(({ heading }) => heading),
    ...seen.map((facts) => descriptors.map(({ read }) => read({ facts, lookUp, ...view }))),
  ]
}

/** Those in the pid namespace of the first process, and in namespaces made below it. */
function processesInside(firstPid: number): ProcessFacts[] {
  const all = listProcesses()
  const first = all.find(({ pid }) => pid === firstPid)
  if (first === undefined) return []
  const inside = new Set<number>()
  const isInside = ({ pidNamespace, parentPid, pids }: ProcessFacts) =>
    pidNamespace === first.pidNamespace || (inside.has(parentPid) && pids.length > first.pids.length)
  // Children of a process may have smaller ids than it: until nothing is found any more.
  for (let before = -1; before !== inside.size; ) {
    before = inside.size
    for (const facts of all) if (isInside(facts)) inside.add(facts.pid)
  }
  return all.filter(({ pid }) => inside.has(pid))
}

/** Ids as they are inside. */
function insideView(firstPid: number, seen: readonly ProcessFacts[]) {
  const depth = (seen.find(({ pid }) => pid === firstPid)?.pids.length ?? 1) - 1
  const ids = new Map(seen.map(({ pid, pids }) => [pid, pids[depth] ?? pid]))
  return {
    nowMs: Date.now(),
    pidInside: (pid: number) => ids.get(pid) ?? 0,
    groupInside: ({ groupIds }: ProcessFacts) => groupIds[depth] ?? 0,
  }
}

function notRunning(): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'container-state',
    message: 'top can only be used on running containers',
  })
}
