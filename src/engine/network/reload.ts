// network reload: the rules of a container's networks and its published ports, said again, for a firewall that was reset.

import { readContainerNetwork } from '../../network/container-network.ts'
import { ensureRules } from '../../network/firewall/ports.ts'
import { readNetwork } from '../../network/record/store.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { lockContainer, stateImproper } from '../container/lock-container.ts'
import type { ContainerRef } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { checkBridged } from './connect.ts'
import { networkPlace } from './network-place.ts'

/** Addresses stay as they are. @throws conflict `container-state`; invalid `network-mode-invalid` */
export async function reload(engine: Engine, target: ContainerRef): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  const network = isAlive(container.live) ? readContainerNetwork(engine.at, container.id) : undefined
  if (network === undefined) {
    throw stateImproper(`container ${container.id} network is not configured, refusing to reload`)
  }
  checkBridged(container)
  const networks = network.interfaces.flatMap(
    (one) => readNetwork(engine.at, engine.settings.network, one.network) ?? [],
  )
  await ensureRules(networkPlace(engine), { ...network, networks, isForced: true })
}
