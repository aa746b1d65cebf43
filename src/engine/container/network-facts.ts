// What a start has found out of its container's network, for the files and the configuration that it is given.

import { networkInterfaces } from 'node:os'
import type { ContainerNetwork } from '../../network/container-network.ts'
import { searchDomain } from '../../network/names/query.ts'
import { readNetwork } from '../../network/record/store.ts'
import { readUplink } from '../../network/uplink/uplink-record.ts'
import { defaultRouteInterface } from '../../os/default-route.ts'
import type { Engine } from '../engine.ts'

export interface NetworkFacts {
  /** The namespace that was made for it. */
  readonly path: string | undefined
  readonly addresses: readonly string[]
  readonly networkServers: readonly string[]
  readonly networkSearches: readonly string[]
  readonly forwarders: readonly string[]
  /** Of the host, as the container reaches it. */
  readonly hostAddress: string
}

/** Of a container whose network is not ours to make. */
export function foreignNetwork(engine: Engine): NetworkFacts {
  return {
    path: undefined,
    addresses: [],
    networkServers: [],
    networkSearches: [],
    forwarders: [],
    hostAddress: hostAddress(engine, undefined),
  }
}

export function bridgeFacts(engine: Engine, path: string, network: ContainerNetwork): NetworkFacts {
  const networkServers = network.interfaces.flatMap(({ dnsServers }) => dnsServers)
  const addresses = network.interfaces.flatMap((one) => one.addresses.map(({ address }) => address))
  const hasIpv6 = addresses.some((address) => address.includes(':'))
  return {
    path,
    addresses,
    networkServers: [...new Set(networkServers)].filter((server) => hasIpv6 || !server.includes(':')),
    networkSearches: networkServers.length > 0 ? [searchDomain] : [],
    forwarders: [],
    hostAddress: hostAddress(engine, network),
  }
}

/** `network`: whose gateway, the host's own address on a bridge, is taken before others. */
function hostAddress(engine: Engine, network: ContainerNetwork | undefined): string {
  const configured = configuredHostAddress(engine)
  if (configured !== undefined) return configured
  const behind = network === undefined ? undefined : readUplink(engine.at)?.hostAddress
  if (engine.settings.isRootless && behind !== undefined) return behind
  const gateways = engine.settings.isRootless || network === undefined ? [] : bridgeGateways(engine, network)
  return gateways.find((gateway) => !gateway.includes(':')) ?? gateways[0] ?? localAddress() ?? ''
}

/** Empty: there shall be none. */
export function configuredHostAddress({ settings }: Engine): string | undefined {
  const { hostInternalAddress: configured } = settings.network
  if (configured === '') return undefined
  return configured === 'none' ? '' : configured
}

/** A macvlan's gateway is no address of the host's. */
function bridgeGateways({ at, settings }: Engine, { interfaces }: ContainerNetwork): string[] {
  return interfaces.flatMap(({ network, addresses }) => {
    const record = readNetwork(at, settings.network, network)
    return record?.driver === 'bridge' ? addresses.flatMap(({ gateway }) => gateway ?? []) : []
  })
}

/** An address of the interface that the default route leaves by, or of any. */
export function localAddress(): string | undefined {
  const all = networkInterfaces()
  const first = defaultRouteInterface()
  const ordered = [
    ...(first === undefined ? [] : [all[first] ?? []]),
    ...Object.values(all).map((list = []) => list),
  ].flat()
  const outside = ordered.filter(({ internal }) => !internal)
  return (outside.find(({ family }) => family === 'IPv4') ?? outside.find(({ scopeid = 0 }) => scopeid === 0))?.address
}
