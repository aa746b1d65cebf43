// network connect: one more network for a container, at once if it runs.

import { EngineError, invalid } from '../../base/errors.ts'
import { connectMore } from '../../network/bridge-network.ts'
import { readContainerNetwork } from '../../network/container-network.ts'
import type { NetworkRecord } from '../../network/record/network-record.ts'
import { findNetwork } from '../../network/record/store.ts'
import { isAlive } from '../../runtime/live-state.ts'
import type { NetworkAttachment } from '../../state/network-attachment.ts'
import { lockContainer, saveRecord } from '../container/lock-container.ts'
import { attachmentsOf } from '../container/network-attachments.ts'
import { networkedContainer } from '../container/set-up-bridges.ts'
import type { ContainerRef, StoredContainer } from '../container/stored-container.ts'
import { eventSubject } from '../container/sweep.ts'
import type { Engine } from '../engine.ts'
import { networkPlace } from './network-place.ts'
import { rewriteFiles } from './rewrite-files.ts'

/** @throws not-found `network-unknown`; conflict `network-connected`; invalid `network-mode-invalid`; as leases and links do */
export async function connect(engine: Engine, target: ContainerRef, wanted: NetworkAttachment): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  checkBridged(container)
  const network = findNetwork(engine.at, engine.settings.network, wanted.network)
  const present = attachmentsOf(container)
  if (present.some((one) => one.network === network.name)) {
    // Docker's way: what is to come already is.
    if (!isAlive(container.live)) return
    throw connected(container, network)
  }
  const attachment = { ...wanted, network: network.name }
  saveRecord(engine, { ...container.record, networks: [...present, attachment] })
  announce(engine, container, { status: 'connect', network: network.name })
  const before = isAlive(container.live) ? readContainerNetwork(engine.at, container.id) : undefined
  if (before === undefined) return
  try {
    const after = await connectMore(networkPlace(engine), networkedContainer(container), { before, attachment })
    rewriteFiles(engine, container, after)
  } catch (error) {
    await undo(engine, container, attachment)
    throw error
  }
}

async function undo(engine: Engine, container: StoredContainer, attachment: NetworkAttachment): Promise<void> {
  const { takeOut } = await import('./disconnect.ts')
  await takeOut(engine, container, attachment.network)
  saveRecord(engine, container.record)
}

/** @throws invalid `network-mode-invalid` */
export function checkBridged({ stored }: StoredContainer): void {
  const { kind } = stored.spec.namespaces.network
  if (kind === 'bridge') return
  throw invalid('network-mode-invalid', `${JSON.stringify(kind)} is not supported: invalid network mode`)
}

export function announce(
  engine: Engine,
  container: StoredContainer,
  { status, network }: { readonly status: string; readonly network: string },
): void {
  const { id, name } = eventSubject(container)
  engine.events.append({ type: 'network', status, id, name, network })
}

function connected({ id }: StoredContainer, { name }: NetworkRecord): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'network-connected',
    message: `container ${id} is already connected to network ${JSON.stringify(name)}: network is already connected`,
  })
}
