// network disconnect: a network less for a container, at once if it runs.

import { existsSync } from 'node:fs'
import { invalid } from '../../base/errors.ts'
import { disconnectSteps } from '../../network/bridge-network.ts'
import { type ContainerInterface, readContainerNetwork, saveContainerNetwork } from '../../network/container-network.ts'
import { ensureRules, removePorts } from '../../network/firewall/ports.ts'
import { detachInterface, restoreDefaultRoutes } from '../../network/link/attach.ts'
import { findNetwork, readNetwork } from '../../network/record/store.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { paths } from '../../state/layout.ts'
import { lockContainer, saveRecord } from '../container/lock-container.ts'
import { attachmentsOf } from '../container/network-attachments.ts'
import type { ContainerRef, StoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { announce, checkBridged } from './connect.ts'
import { networkPlace } from './network-place.ts'
import { rewriteFiles } from './rewrite-files.ts'

/** @throws not-found `network-unknown`; invalid `network-not-connected`, `network-mode-invalid` */
export async function disconnect(engine: Engine, target: ContainerRef, word: string): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  checkBridged(container)
  const { name } = findNetwork(engine.at, engine.settings.network, word)
  const present = attachmentsOf(container)
  if (!present.some((one) => one.network === name)) {
    throw invalid('network-not-connected', `container ${target.name} is not connected to network ${name}`)
  }
  saveRecord(engine, { ...container.record, networks: present.filter((one) => one.network !== name) })
  announce(engine, container, { status: 'disconnect', network: name })
  if (isAlive(container.live)) await takeOut(engine, container, name)
}

/** Of a container that runs; published ports go to what is left. Idempotent. */
export async function takeOut(engine: Engine, container: StoredContainer, network: string): Promise<void> {
  const place = networkPlace(engine)
  const before = readContainerNetwork(engine.at, container.id)
  if (before === undefined) return
  const gone = before.interfaces.filter((one) => one.network === network)
  const interfaces = before.interfaces.filter((one) => one.network !== network)
  await removePorts(place, before)
  const namespace = paths.networkNamespace(engine.at, container.id)
  if (existsSync(namespace)) {
    for (const { name } of gone) detachInterface(namespace, name)
    for (const one of interfaces) restoreRoutes(engine, namespace, one)
  }
  for (const step of disconnectSteps(place, container.id, { interfaces: gone, ports: [] })) await step()
  const after = { ...before, interfaces }
  saveContainerNetwork(engine.at, container.id, after)
  if (interfaces.length > 0) await ensureRules(place, { ...after, networks: [] })
  rewriteFiles(engine, container, after)
}

function restoreRoutes(engine: Engine, namespace: string, { network, addresses }: ContainerInterface): void {
  const record = readNetwork(engine.at, engine.settings.network, network)
  const gateways = addresses.flatMap(({ gateway }) => gateway ?? [])
  if (record !== undefined) restoreDefaultRoutes(namespace, record, gateways)
}
