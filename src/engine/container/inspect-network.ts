// inspect's NetworkSettings, and what else of inspect is about ports.

import { existsSync } from 'node:fs'
import {
  type ContainerInterface,
  type InterfaceAddress,
  readContainerNetwork,
} from '../../network/container-network.ts'
import { readNetwork } from '../../network/record/store.ts'
import { isAlive } from '../../runtime/live-state.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { unpublished } from '../../spec/ports.ts'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { attachmentsOf } from './network-attachments.ts'
import { readStoredContainer, type StoredContainer } from './stored-container.ts'

/** Of a container in another's network: that one's. */
export function inspectNetwork(engine: Engine, container: StoredContainer): object {
  const { network: mode } = container.stored.spec.namespaces
  const other = mode.kind === 'container' ? readStoredContainer(engine.at, mode.id) : undefined
  if (other !== undefined) return inspectNetwork(engine, other)
  const interfaces = isAlive(container.live) ? (readContainerNetwork(engine.at, container.id)?.interfaces ?? []) : []
  const networks = networksOf(engine, container, interfaces)
  const names = Object.keys(networks)
  const isPlain = names.length === 1 && names[0] === engine.settings.network.defaultNetwork
  return {
    EndpointID: '',
    ...addressesOf(isPlain ? interfaces[0] : undefined),
    Bridge: '',
    SandboxID: '',
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    Ports: { ...portBindings(container.stored.spec), ...unpublishedPorts(container.stored.spec) },
    SandboxKey: sandboxKey(engine, container),
    Networks: networks,
  }
}

/** HostConfig.PortBindings. */
export function portBindings(spec: CompleteSpec): Record<string, object[]> {
  const bindings: Record<string, object[]> = {}
  for (const { port, protocol, hostAddress, hostPort, count } of networkFacetOf(spec).ports) {
    for (let index = 0; index < count; index += 1) {
      const key = `${port + index}/${protocol}`
      bindings[key] = [
        ...(bindings[key] ?? []),
        { HostIp: hostAddress || '0.0.0.0', HostPort: String(hostPort + index) },
      ]
    }
  }
  return bindings
}

/** Config.ExposedPorts. */
export function exposedPorts(spec: CompleteSpec): Record<string, object> {
  const { exposed, ports } = networkFacetOf(spec)
  const all = [
    ...ports.flatMap(({ port, protocol, count }) =>
      Array.from({ length: count }, (_, index) => `${port + index}/${protocol}`),
    ),
    ...exposed.map(({ port, protocol }) => `${port}/${protocol}`),
  ]
  return Object.fromEntries([...new Set(all)].map((key) => [key, {}]))
}

function unpublishedPorts(spec: CompleteSpec): Record<string, null> {
  const { exposed, ports } = networkFacetOf(spec)
  return Object.fromEntries(unpublished(exposed, ports).map(({ port, protocol }) => [`${port}/${protocol}`, null]))
}

function sandboxKey({ at }: Engine, { id, live, stored }: StoredContainer): string {
  const path = paths.networkNamespace(at, id)
  if (!isAlive(live)) return ''
  if (existsSync(path)) return path
  const { kind } = stored.spec.namespaces.network
  return kind === 'none' || kind === 'private' ? `/proc/${live.pid}/ns/net` : ''
}

function networksOf(
  engine: Engine,
  container: StoredContainer,
  interfaces: readonly ContainerInterface[],
): Record<string, object> {
  const { network: mode } = container.stored.spec.namespaces
  if (mode.kind === 'path') return {}
  if (mode.kind !== 'bridge') {
    const name = mode.kind === 'private' ? 'none' : mode.kind
    return { [name]: additionalNetwork(name, undefined) }
  }
  return Object.fromEntries(
    attachmentsOf(container).map(({ network, aliases }) => {
      const made = interfaces.find((one) => one.network === network)
      const record = readNetwork(engine.at, engine.settings.network, network)
      const known = made?.aliases ?? (record?.dns_enabled === true ? [...aliases, ...ownAliases(container)] : aliases)
      return [network, additionalNetwork(record?.id ?? network, made, known)]
    }),
  )
}

function ownAliases({ id, stored }: StoredContainer): string[] {
  const { hostname } = stored.spec.process
  return [id.slice(0, 12), ...(hostname === undefined ? [] : [hostname])]
}

function additionalNetwork(id: string, made: ContainerInterface | undefined, aliases: readonly string[] = []): object {
  return {
    EndpointID: '',
    ...addressesOf(made),
    NetworkID: id,
    DriverOpts: null,
    IPAMConfig: null,
    Links: null,
    ...(aliases.length === 0 ? {} : { Aliases: aliases }),
  }
}

function addressesOf(made: ContainerInterface | undefined) {
  const all = made?.addresses ?? []
  const none: InterfaceAddress = { address: '', prefix: 0 }
  const { gateway = '', ...four } = all.find(({ address }) => !address.includes(':')) ?? none
  const { gateway: gatewaySix = '', ...six } = all.find(({ address }) => address.includes(':')) ?? none
  return {
    Gateway: gateway,
    IPAddress: four.address,
    IPPrefixLen: four.prefix,
    IPv6Gateway: gatewaySix,
    GlobalIPv6Address: six.address,
    GlobalIPv6PrefixLen: six.prefix,
    MacAddress: made?.mac ?? '',
  }
}
