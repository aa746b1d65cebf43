// The containers as `ps` shows them. Takes no lock; one that is removed meanwhile is left out.

import { readlinkSync } from 'node:fs'
import { isAlive } from '../../runtime/live-state.ts'
import { type NetworkFacet, networkFacetOf } from '../../spec/network.ts'
import type { Layout } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { isWorking } from '../working/is-working.ts'
import { compileContainerFilters } from './container-filter.ts'
import { type ContainerSize, containerSize } from './container-size.ts'
import { type HealthStatus, healthStatus } from './health-record.ts'
import { podNameOf } from './pod-name.ts'
import { isReady } from './readiness.ts'
import { allContainers } from './select.ts'
import { readStoredContainer, type StoredContainer } from './stored-container.ts'

export interface ListOptions {
  /** Also those that do not run; so do `last` and a filter for `status`. */
  readonly all: boolean
  /** Only so many, the newest. */
  readonly last: number | undefined
  readonly filters: readonly string[]
  readonly hasSize: boolean
  readonly hasNamespaces: boolean
  /** Working containers, too: they never run. */
  readonly isExternal: boolean
}

export const namespaceKinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] as const
export type NamespaceKind = (typeof namespaceKinds)[number]

export interface ListedContainer {
  readonly container: StoredContainer
  readonly size: ContainerSize | undefined
  /** Empty where it has no checks. */
  readonly health: HealthStatus | ''
  /** False only where it has a check of its own for that. */
  readonly isReady: boolean
  /** Its own, or that of the container whose network it joins. */
  readonly network: NetworkFacet
  /** Empty for one in none. */
  readonly podName: string
  /** The kernel's numbers; empty where the container does not run. */
  readonly namespaces: Readonly<Record<NamespaceKind, string>> | undefined
}

/** Oldest first. @throws as compileContainerFilters */
export function list(engine: Engine, options: ListOptions): ListedContainer[] {
  const isEvery = options.all || options.last !== undefined || options.filters.some((text) => /^status!?=/.test(text))
  const matches = compileContainerFilters(engine, options.filters)
  const found = allContainers(engine.at).filter(
    (container) =>
      (isEvery || container.live.status === 'running') &&
      (options.isExternal || !isWorking(container)) &&
      matches(container),
  )
  const chosen = options.last === undefined ? found : found.slice(0, options.last)
  return chosen.reverse().map((container) => ({
    container,
    health: healthStatus(engine.at, container),
    isReady: container.stored.spec.health?.readiness === undefined || isReady(engine.at, container),
    network: networkOf(engine.at, container),
    podName: podNameOf(engine.at, container.stored.spec.pod?.id),
    size: options.hasSize ? containerSize(engine, container) : undefined,
    namespaces: options.hasNamespaces ? namespacesOf(container) : undefined,
  }))
}

function networkOf(at: Layout, { stored }: StoredContainer): NetworkFacet {
  const { network: mode } = stored.spec.namespaces
  const owner = mode.kind === 'container' ? readStoredContainer(at, mode.id) : undefined
  return networkFacetOf((owner?.stored ?? stored).spec)
}

function namespacesOf({ live }: StoredContainer): Record<NamespaceKind, string> {
  const entries = namespaceKinds.map((kind) => [kind, isAlive(live) ? namespaceNumber(live.pid, kind) : ''])
  return Object.fromEntries(entries) as Record<NamespaceKind, string>
}

/** `mnt:[4026531840]` → `4026531840`; empty where the process is gone or not ours to look at. */
function namespaceNumber(pid: number, kind: NamespaceKind): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`).replace(/^.*\[|\].*$/g, '')
  } catch {
    return ''
  }
}
