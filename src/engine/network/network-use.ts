// Which containers are in a network, and what they have of it.

import { type ContainerInterface, readContainerNetwork } from '../../network/container-network.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { attachmentsOf } from '../container/network-attachments.ts'
import { allContainers } from '../container/select.ts'
import type { StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'

/** Running or not. */
export function containersIn({ at }: Pick<Engine, 'at'>, network: string): StoredContainer[] {
  return allContainers(at).filter((container) => attachmentsOf(container).some((one) => one.network === network))
}

/** Names of networks that some container is in. */
export function usedNetworks({ at }: Pick<Engine, 'at'>): Set<string> {
  return new Set(allContainers(at).flatMap((container) => attachmentsOf(container).map(({ network }) => network)))
}

export interface ConnectedContainer {
  readonly id: string
  readonly name: string
  readonly interfaces: readonly ContainerInterface[]
}

/** Those that run. */
export function connectedContainers({ at }: Pick<Engine, 'at'>, network: string): ConnectedContainer[] {
  return allContainers(at).flatMap(({ id, name, live }) => {
    const all = isAlive(live) ? (readContainerNetwork(at, id)?.interfaces ?? []) : []
    const interfaces = all.filter((one) => one.network === network)
    return interfaces.length === 0 ? [] : [{ id, name, interfaces }]
  })
}
