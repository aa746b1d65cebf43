// A container's network at its start: host ports kept, a namespace made and pinned, the container put into its networks. And the end of
// all that. The namespace is there before the runtime is started, which gets its path.

import { closeSync, existsSync, mkdirSync } from 'node:fs'
import { EngineError, errnoOf } from '../../base/errors.ts'
import { connectAll, disconnectSteps, type NetworkedContainer } from '../../network/bridge-network.ts'
import { type ContainerNetwork, readContainerNetwork } from '../../network/container-network.ts'
import {
  inNetworkNamespace,
  makeNetworkNamespace,
  occupyPort,
  setSysctl,
  unpinNetworkNamespace,
} from '../../os/network-namespace.ts'
import { networkFacetOf, type PortMapping } from '../../spec/network.ts'
import { idMappings } from '../../spec/user-namespace.ts'
import { paths } from '../../state/layout.ts'
import type { NetworkAttachment } from '../../state/network-attachment.ts'
import type { Engine } from '../engine.ts'
import { networkPlace } from '../network/network-place.ts'
import { idCount } from './host-user.ts'
import { bridgeFacts, foreignNetwork, type NetworkFacts } from './network-facts.ts'
import type { StoredContainer } from './stored-container.ts'
import { userSituation } from './user-situation.ts'

export interface SetUpNetwork extends Disposable {
  readonly facts: NetworkFacts
  /** Of the host's ports: for the monitor. Ours until disposed. */
  readonly heldPorts: readonly number[]
}

/** The container's lock is held, and nothing is left of an earlier start. @throws conflict `port-in-use`; not-found `network-unknown` */
export async function setUpNetwork(engine: Engine, container: StoredContainer): Promise<SetUpNetwork> {
  const { network: mode } = container.stored.spec.namespaces
  if (mode.kind === 'pasta' || mode.kind === 'slirp4netns') {
    const { setUpHelper } = await import('./set-up-helper.ts')
    return { facts: await setUpHelper(engine, container, mode), ...holding([]) }
  }
  if (mode.kind !== 'bridge') return { facts: foreignNetwork(engine), ...holding([]) }
  if (engine.settings.isRootless) {
    const { setUpRootlessBridges } = await import('./set-up-helper.ts')
    await setUpRootlessBridges(engine, container)
  }
  const { ports } = networkFacetOf(container.stored.spec)
  const heldPorts = engine.settings.isRootless ? [] : occupyPorts(ports)
  try {
    const path = makeNamespace(engine, container)
    const network = await connectAll(networkPlace(engine), networkedContainer(container), attachmentsOf(container))
    return { facts: bridgeFacts(engine, path, network), ...holding(heldPorts) }
  } catch (error) {
    heldPorts.forEach((fd) => closeSync(fd))
    throw error
  }
}

/** A step each; what is not there is fine. The container's lock is held, or nobody else knows of it. */
export function networkTeardown(engine: Engine, id: string): (() => void | Promise<void>)[] {
  const network = readContainerNetwork(engine.at, id)
  const namespace = paths.networkNamespace(engine.at, id)
  return [
    ...(network === undefined ? [] : [async () => tearDown(engine, id, network)]),
    () => {
      if (existsSync(namespace)) unpinNetworkNamespace(namespace)
    },
  ]
}

async function tearDown(engine: Engine, id: string, network: ContainerNetwork): Promise<void> {
  const steps = network.kind === 'bridge' ? disconnectSteps(networkPlace(engine), id, network) : []
  if (network.helpers !== undefined || engine.settings.isRootless) {
    const { tearDownHelper } = await import('./set-up-helper.ts')
    steps.push(async () => tearDownHelper(engine, id, network))
  }
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, `disconnecting container ${id.slice(0, 12)} failed`)
}

/** As `network connect` and `disconnect` left them. */
export function attachmentsOf({
  record,
  stored,
}: Pick<StoredContainer, 'record' | 'stored'>): readonly NetworkAttachment[] {
  if (stored.spec.namespaces.network.kind !== 'bridge') return []
  return record.networks ?? networkFacetOf(stored.spec).attachments
}

export function networkedContainer({ id, name, stored }: StoredContainer): NetworkedContainer {
  const { ports, dns } = networkFacetOf(stored.spec)
  return { id, name, hostname: stored.spec.process.hostname, ports, dnsServers: dns.servers }
}

/** What a killed start left goes first. */
export function makeNamespace(engine: Engine, { id, stored }: StoredContainer): string {
  const path = paths.networkNamespace(engine.at, id)
  mkdirSync(paths.networkNamespaces(engine.at), { recursive: true, mode: 0o700 })
  if (existsSync(path)) unpinNetworkNamespace(path)
  makeNetworkNamespace(path)
  const mappings = idMappings(stored.spec.namespaces.user, userSituation(engine.settings.isRootless))
  if (mappings !== undefined) inNetworkNamespace(path, () => openToUserNamespace(stored.spec.resources.sysctls))
  return path
}

/** The namespace is not the container's user namespace's: its root could neither set sysctls there nor listen on low ports. */
function openToUserNamespace(sysctls: Readonly<Record<string, string>>): void {
  setSysctl('net/ipv4/ip_unprivileged_port_start', '0')
  for (const [name, value] of Object.entries(sysctls)) {
    if (!name.startsWith('net.')) continue
    // Group ids are those of the namespace that we are in.
    const isPing = name === 'net.ipv4.ping_group_range' && value === '0 0'
    setSysctl(name.replaceAll('.', '/'), isPing ? `0 ${Math.min(idCount('gid'), 2 ** 31) - 1}` : value)
  }
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

function holding(heldPorts: readonly number[]): Disposable & { readonly heldPorts: readonly number[] } {
  return { heldPorts, [Symbol.dispose]: () => heldPorts.forEach((fd) => closeSync(fd)) }
}
