// A container's network at its start, and the end of it. What connects containers is loaded for those that are connected.

import { closeSync, existsSync } from 'node:fs'
import { runAllSteps } from '../../base/run-all-steps.ts'
import { type ContainerNetwork, type HelperProcess, readContainerNetwork } from '../../network/container-network.ts'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { foreignNetwork, type NetworkFacts } from './network-facts.ts'
import type { StoredContainer } from './stored-container.ts'

export interface SetUpNetwork extends Disposable {
  readonly facts: NetworkFacts
  /** Of the host's ports: for the monitor. Ours until disposed. */
  readonly heldPorts: readonly number[]
  /** Of this container alone. */
  readonly helpers: readonly HelperProcess[]
}

/** The container's lock is held, and nothing is left of an earlier start. @throws conflict `port-in-use`; not-found `network-unknown` */
export async function setUpNetwork(engine: Engine, container: StoredContainer): Promise<SetUpNetwork> {
  const { network: mode } = container.stored.spec.namespaces
  if (mode.kind === 'pasta' || mode.kind === 'slirp4netns') {
    const { setUpHelper } = await import('./set-up-helper.ts')
    return { ...(await setUpHelper(engine, container, mode)), ...holding([]) }
  }
  if (mode.kind !== 'bridge') return { facts: foreignNetwork(engine), helpers: [], ...holding([]) }
  const { setUpBridges } = await import('./set-up-bridges.ts')
  const { facts, heldPorts, helpers } = await setUpBridges(engine, container)
  return { facts, helpers, ...holding(heldPorts) }
}

/** A step each; what is not there is fine. The container's lock is held, or nobody else knows of it. */
export function networkTeardown(engine: Engine, id: string): (() => void | Promise<void>)[] {
  const network = readContainerNetwork(engine.at, id)
  const pins = [paths.networkNamespace(engine.at, id), paths.userNamespace(engine.at, id)]
  return [
    ...(network === undefined ? [] : [async () => tearDown(engine, id, network)]),
    ...pins.map((path) => async () => {
      if (!existsSync(path)) return
      const { unpinNamespace } = await import('../../os/network-namespace.ts')
      unpinNamespace(path)
    }),
  ]
}

async function tearDown(engine: Engine, id: string, network: ContainerNetwork): Promise<void> {
  const steps = network.kind === 'bridge' ? await bridgeSteps(engine, id, network) : []
  if (network.helpers !== undefined || engine.settings.isRootless) {
    const { tearDownHelper } = await import('./set-up-helper.ts')
    steps.push(async () => tearDownHelper(engine, id, network))
  }
  await runAllSteps(steps, `disconnecting container ${id.slice(0, 12)} failed`)
}

async function bridgeSteps(engine: Engine, id: string, network: ContainerNetwork) {
  const { disconnectSteps } = await import('../../network/bridge-network.ts')
  const { networkPlace } = await import('../network/network-place.ts')
  return disconnectSteps(networkPlace(engine), id, network)
}

function holding(heldPorts: readonly number[]): Disposable & { readonly heldPorts: readonly number[] } {
  return { heldPorts, [Symbol.dispose]: () => heldPorts.forEach((fd) => closeSync(fd)) }
}
