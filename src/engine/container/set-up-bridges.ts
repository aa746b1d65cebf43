// A container in bridge networks: host ports kept, a namespace made and pinned, the container put into its networks. The namespace is
// there before the runtime is started, which gets its path.

import { closeSync, existsSync } from 'node:fs'
import { EngineError, errnoOf } from '../../base/errors.ts'
import { connectAll, type NetworkedContainer } from '../../network/bridge-network.ts'
import type { HelperProcess } from '../../network/container-network.ts'
import { atBridges } from '../../network/firewall/apply.ts'
import { makeFolders } from '../../os/make-folders.ts'
import {
  inNetworkNamespace,
  makeMappedNetworkNamespace,
  makeNetworkNamespace,
  occupyPort,
  setSysctl,
  unpinNamespace,
} from '../../os/network-namespace.ts'
import { networkFacetOf, type PortMapping } from '../../spec/network.ts'
import { idMappings } from '../../spec/user-namespace.ts'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { networkPlace } from '../network/network-place.ts'
import { idCount } from './host-user.ts'
import { attachmentsOf } from './network-attachments.ts'
import { bridgeFacts, type NetworkFacts } from './network-facts.ts'
import type { StoredContainer } from './stored-container.ts'
import { userSituation } from './user-situation.ts'

export interface SetUpBridges {
  readonly facts: NetworkFacts
  /** Of the host's ports; the caller closes them. */
  readonly heldPorts: readonly number[]
  readonly helpers: readonly HelperProcess[]
}

/** The container's lock is held, and nothing is left of an earlier start. @throws conflict `port-in-use`; not-found `network-unknown` */
export async function setUpBridges(engine: Engine, container: StoredContainer): Promise<SetUpBridges> {
  const { isRootless } = engine.settings
  const helped = isRootless ? await import('./set-up-helper.ts') : undefined
  const entrance = await helped?.setUpRootlessBridges(engine, container)
  const place = networkPlace(engine)
  const { ports } = networkFacetOf(container.stored.spec)
  const heldPorts = atBridges(place.bridges, () => occupyPorts(isRootless ? ports.flatMap(asForwarded) : ports))
  try {
    const path = makeNamespace(engine, container)
    const network = await connectAll(place, { ...networkedContainer(container), entrance }, attachmentsOf(container))
    const helpers = (await helped?.setUpEntrance(engine, container, network)) ?? []
    return { facts: bridgeFacts(engine, path, network), heldPorts, helpers }
  } catch (error) {
    heldPorts.forEach((fd) => closeSync(fd))
    throw error
  }
}

export function networkedContainer({ id, name, stored }: StoredContainer): NetworkedContainer {
  const { ports, dns } = networkFacetOf(stored.spec)
  return { id, name, hostname: stored.spec.process.hostname, ports, dnsServers: dns.servers }
}

/** With a user namespace of its own that is made, too: `exec` could not join a network that is another's. What a killed start left goes first. */
export function makeNamespace(engine: Engine, { id, stored }: StoredContainer): string {
  const path = paths.networkNamespace(engine.at, id)
  makeFolders(paths.networkNamespaces(engine.at), 0o700)
  const user = paths.userNamespace(engine.at, id)
  for (const old of [path, user]) if (existsSync(old)) unpinNamespace(old)
  const mappings = idMappings(stored.spec.namespaces.user, userSituation(engine.settings.isRootless))
  if (mappings === undefined) {
    makeNetworkNamespace(path)
  } else {
    makeMappedNetworkNamespace({ network: path, user }, mappings)
    inNetworkNamespace(path, () => openToUserNamespace(stored.spec.resources.sysctls))
  }
  return path
}

/** Whoever is not root in there may not listen on low ports; the runtime is told of no sysctls that it would have to set as root of that. */
function openToUserNamespace(sysctls: Readonly<Record<string, string>>): void {
  setSysctl('net/ipv4/ip_unprivileged_port_start', '0')
  for (const [name, value] of Object.entries(sysctls)) {
    if (!name.startsWith('net.')) continue
    // Group ids are those of the namespace that we are in.
    const isPing = name === 'net.ipv4.ping_group_range' && value === '0 0'
    setSysctl(name.replaceAll('.', '/'), isPing ? `0 ${Math.min(idCount('gid'), 2 ** 31) - 1}` : value)
  }
}

/** Where an ordinary user's bridges lie a port comes in by one address, whatever it is on the host. */
function asForwarded(mapping: PortMapping, index: number, all: readonly PortMapping[]): PortMapping[] {
  const isSame = (one: PortMapping) =>
    one.protocol === mapping.protocol && one.hostPort === mapping.hostPort && one.port === mapping.port
  return all.findIndex(isSame) === index ? [{ ...mapping, hostAddress: '' }] : []
}

/** Kept from others as long as the container runs, though nothing is ever read from them. SCTP has no sockets everywhere. */
function occupyPorts(ports: readonly PortMapping[]): number[] {
  const fds: number[] = []
  try {
    for (const mapping of ports) {
      if (mapping.protocol === 'sctp') continue
      for (let index = 0; index < mapping.count; index += 1) {
        fds.push(occupyPort(mapping.hostAddress || '0.0.0.0', mapping.hostPort + index, mapping.protocol))
      }
    }
    return fds
  } catch (error) {
    fds.forEach((fd) => closeSync(fd))
    const taken = ports.filter(({ protocol }) => protocol !== 'sctp').flatMap(listening)[fds.length]
    throw portRefused(taken ?? '', error)
  }
}

function listening({ hostAddress, hostPort, count, protocol }: PortMapping): string[] {
  return Array.from({ length: count }, (_, index) => {
    const host = hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress
    return `listen ${protocol}${hostAddress.includes(':') ? '6' : '4'} ${host || '0.0.0.0'}:${hostPort + index}`
  })
}

export function portRefused(what: string, cause: unknown): EngineError {
  const errno = errnoOf(cause)
  const protocol = what.includes(' udp') ? 'UDP' : 'TCP'
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'address already in use',
    EADDRNOTAVAIL: 'cannot assign requested address',
    EACCES: 'permission denied',
  }
  return new EngineError({
    kind: 'conflict',
    code: 'port-in-use',
    message: `cannot listen on the ${protocol} port: ${what}: bind: ${reasons[errno ?? ''] ?? errno}`,
    cause,
  })
}
