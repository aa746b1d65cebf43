// network inspect: podman's own document of a network, with the containers that run in it.

import type { ContainerInterface } from '../../network/container-network.ts'
import type { NetworkRecord } from '../../network/record/network-record.ts'
import { findNetwork } from '../../network/record/store.ts'
import type { Engine } from '../engine.ts'
import { connectedContainers } from './network-use.ts'

export interface InspectedNetwork {
  readonly network: NetworkRecord
  /** By id. */
  readonly containers: Readonly<Record<string, ContainerNetworkInfo>>
}

/** Keys are podman's. */
export interface ContainerNetworkInfo {
  readonly name: string
  readonly interfaces: Readonly<Record<string, InterfaceInfo>>
}

export interface InterfaceInfo {
  readonly subnets?: readonly { readonly ipnet: string; readonly gateway?: string }[]
  readonly mac_address: string
}

/** Lock-free. @throws not-found `network-unknown` */
export function inspect(engine: Engine, word: string): InspectedNetwork {
  const network = findNetwork(engine.at, engine.settings.network, word)
  const containers = connectedContainers(engine, network.name).map(({ id, name, interfaces }) => {
    return [id, { name, interfaces: Object.fromEntries(interfaces.map((one) => [one.name, infoOf(one)])) }] as const
  })
  return { network, containers: Object.fromEntries(containers) }
}

function infoOf({ addresses, mac = '' }: ContainerInterface): InterfaceInfo {
  const subnets = addresses.map(({ address, prefix, gateway }) => ({
    ipnet: `${address}/${prefix}`,
    ...(gateway === undefined ? {} : { gateway }),
  }))
  return { ...(subnets.length === 0 ? {} : { subnets }), mac_address: mac }
}
