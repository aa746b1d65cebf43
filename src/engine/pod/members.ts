// The containers of pods, and what they make of a pod's state. Reads only, takes no lock.

import type { Layout } from '../../state/layout.ts'
import { allContainers } from '../container/select.ts'
import type { StoredContainer } from '../container/stored-container.ts'

/** By pod, oldest first, infra containers among them. */
export function membersByPod(at: Layout): Map<string, StoredContainer[]> {
  const members = new Map<string, StoredContainer[]>()
  for (const container of allContainers(at).reverse()) {
    const { pod } = container.stored.spec
    if (pod !== undefined) members.set(pod.id, [...(members.get(pod.id) ?? []), container])
  }
  return members
}

export function membersOf(at: Layout, podId: string): StoredContainer[] {
  return membersByPod(at).get(podId) ?? []
}

export function isInfra({ stored }: StoredContainer): boolean {
  return stored.spec.pod?.role === 'infra'
}

export function isInit({ stored }: StoredContainer): boolean {
  const role = stored.spec.pod?.role
  return role === 'once' || role === 'always'
}

/** Ids of those that others of their pod stand behind: a manifest's init containers that stay. */
export function sidecarsAmong(members: readonly StoredContainer[]): ReadonlySet<string> {
  const needed = members.flatMap(({ stored: { spec } }) => (spec.awaitsStartup === true ? (spec.requires ?? []) : []))
  return new Set(needed)
}

export type PodState = 'Created' | 'Running' | 'Degraded' | 'Paused' | 'Exited' | 'Stopped' | 'Error'

/** podman's words. Init containers do not count. */
export function podState(members: readonly StoredContainer[]): PodState {
  const states = members.filter((member) => !isInit(member)).map(({ live }) => live.status)
  const count = (...wanted: string[]) => states.filter((state) => wanted.includes(state)).length
  const all = states.length
  if (all === 0) return 'Created'
  if (count('running') === all) return 'Running'
  if (count('running') > 0) return 'Degraded'
  if (count('paused') === all) return 'Paused'
  if (count('exited') === all) return 'Exited'
  if (count('exited') > 0) return 'Stopped'
  return count('created') < all ? 'Error' : 'Created'
}
