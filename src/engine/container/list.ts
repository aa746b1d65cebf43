// The containers as `ps` shows them. Takes no lock; one that is removed meanwhile is left out.

import { readlinkSync } from 'node:fs'
import { isAlive } from '../../runtime/live-state.ts'
import type { Engine } from '../engine.ts'
import { compileContainerFilters } from './container-filter.ts'
import { type ContainerSize, containerSize } from './container-size.ts'
import { type HealthStatus, healthStatus } from './health-record.ts'
import { allContainers } from './select.ts'
import type { StoredContainer } from './stored-container.ts'

export interface ListOptions {
  /** Also those that do not run; so do `last` and a filter for `status`. */
  readonly all: boolean
  /** Only so many, the newest. */
  readonly last: number | undefined
  readonly filters: readonly string[]
  readonly hasSize: boolean
  readonly hasNamespaces: boolean
}

export const namespaceKinds = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'] as const
export type NamespaceKind = (typeof namespaceKinds)[number]

export interface ListedContainer {
  readonly container: StoredContainer
  readonly size: ContainerSize | undefined
  /** Empty where it has no checks. */
  readonly health: HealthStatus | ''
  /** The kernel's numbers; empty where the container does not run. */
  readonly namespaces: Readonly<Record<NamespaceKind, string>> | undefined
}

/** Oldest first. @throws as compileContainerFilters */
export function list(engine: Engine, options: ListOptions): ListedContainer[] {
  const isEvery = options.all || options.last !== undefined || options.filters.some((text) => /^status!?=/.test(text))
  const matches = compileContainerFilters(engine, options.filters)
  const found = allContainers(engine.at).filter(
    (container) => (isEvery || container.live.status === 'running') && matches(container),
  )
  const chosen = options.last === undefined ? found : found.slice(0, options.last)
  return chosen.reverse().map((container) => ({
    container,
    health: healthStatus(engine.at, container),
    size: options.hasSize ? containerSize(engine, container) : undefined,
    namespaces: options.hasNamespaces ? namespacesOf(container) : undefined,
  }))
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
