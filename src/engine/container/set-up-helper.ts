// Networks that need a program: pasta and slirp4netns for one container, and the uplink of an ordinary user's bridges.

import { closeSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError, errnoOf } from '../../base/errors.ts'
import { type ContainerNetwork, saveContainerNetwork } from '../../network/container-network.ts'
import { entranceOf } from '../../network/firewall/entrances.ts'
import { closeEntrance, openEntrance } from '../../network/uplink/entrance.ts'
import { endHelper, type HelperProcess } from '../../network/uplink/helper-process.ts'
import { hostAddressBehind, namespaceAddresses } from '../../network/uplink/host-address.ts'
import { startPasta } from '../../network/uplink/pasta.ts'
import { joinRootlessNetwork, leaveRootlessNetwork } from '../../network/uplink/rootless-network.ts'
import { slirpOptions } from '../../network/uplink/slirp-options.ts'
import { addForwards, startSlirp } from '../../network/uplink/slirp4netns.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { setLink } from '../../os/links.ts'
import { inNetworkNamespace, occupyPort } from '../../os/network-namespace.ts'
import type { NetworkMode } from '../../spec/namespaces.ts'
import { networkFacetOf, type PortMapping } from '../../spec/network.ts'
import { paths } from '../../state/layout.ts'
import { currentSchema } from '../../state/record.ts'
import type { Engine } from '../engine.ts'
import { boundPorts } from '../network/host-ports.ts'
import { networkPlace } from '../network/network-place.ts'
import { configuredHostAddress, localAddress, type NetworkFacts } from './network-facts.ts'
import { makeNamespace, portRefused } from './set-up-bridges.ts'
import type { StoredContainer } from './stored-container.ts'

export interface SetUpHelper {
  readonly facts: NetworkFacts
  readonly helpers: readonly HelperProcess[]
}

type HelperMode = Extract<NetworkMode, { kind: 'pasta' | 'slirp4netns' }>

/** The container's lock is held. @throws denied `port-privileged`; conflict `port-in-use`; as the helpers do */
export async function setUpHelper(engine: Engine, container: StoredContainer, mode: HelperMode): Promise<SetUpHelper> {
  const { ports } = networkFacetOf(container.stored.spec)
  checkPorts(engine, ports)
  const record = { schema: currentSchema, kind: mode.kind, interfaces: [], ports } as const
  saveContainerNetwork(engine.at, container.id, record)
  const namespace = makeNamespace(engine, container)
  inNetworkNamespace(namespace, () => setLink(1, { isUp: true }))
  return mode.kind === 'pasta'
    ? connectByPasta(engine, container, { namespace, record, options: mode.options })
    : connectBySlirp(engine, container, { namespace, record, options: mode.options })
}

/** Before a container is put into an ordinary user's bridges. Answers the name of the entrance that its ports will need. */
export async function setUpRootlessBridges(engine: Engine, container: StoredContainer): Promise<string | undefined> {
  const { ports } = networkFacetOf(container.stored.spec)
  checkPorts(engine, ports)
  const { kind } = await joinRootlessNetwork(networkPlace(engine), ports)
  return kind === 'pasta' && ports.length > 0 ? entranceOf(container.id) : undefined
}

/** Of a container in an ordinary user's bridges, when it is in them. */
export async function setUpEntrance(
  engine: Engine,
  { id }: StoredContainer,
  { entrance, ports, interfaces }: ContainerNetwork,
): Promise<HelperProcess[]> {
  if (entrance === undefined) return []
  const addresses = interfaces.flatMap((one) => one.addresses.map(({ address }) => address))
  return openEntrance(networkPlace(engine), { container: id, name: entrance, ports, addresses })
}

/** Idempotent. */
export async function tearDownHelper(
  engine: Engine,
  id: string,
  { kind, ports, entrance, helpers = [] }: ContainerNetwork,
): Promise<void> {
  helpers.forEach(endHelper)
  if (entrance !== undefined) await closeEntrance(networkPlace(engine), id, entrance)
  if (kind === 'slirp4netns') removeFile(slirpSocket(engine, id))
  if (kind === 'bridge' && engine.settings.isRootless) await leaveRootlessNetwork(networkPlace(engine), ports)
}

interface Connection {
  readonly namespace: string
  readonly record: ContainerNetwork
  readonly options: readonly string[]
}

async function connectByPasta(engine: Engine, { id }: StoredContainer, connection: Connection): Promise<SetUpHelper> {
  const { namespace, record } = connection
  const pidFile = join(paths.runContainer(engine.at, id), 'pasta.pid')
  const options = [...engine.settings.network.pastaOptions, ...connection.options]
  const started = await startPasta(networkPlace(engine), { options, ports: record.ports, namespace, pidFile })
  const addresses = inNetworkNamespace(namespace, namespaceAddresses)
  const isUsable = (address: string) => addresses.some((own) => own.includes(':') === address.includes(':'))
  saveContainerNetwork(engine.at, id, { ...record, helpers: started.helpers })
  const facts = {
    path: namespace,
    addresses: addresses.slice(0, 1),
    networkServers: [],
    networkSearches: [],
    forwarders: started.forwarders.filter(isUsable),
    hostAddress: configuredHostAddress(engine) ?? hostAddressBehind(addresses, started.hostAddresses),
  }
  return { facts, helpers: started.helpers }
}

async function connectBySlirp(engine: Engine, { id }: StoredContainer, connection: Connection): Promise<SetUpHelper> {
  const { namespace, record } = connection
  const options = slirpOptions([...engine.settings.network.slirpOptions, ...connection.options])
  const socket = slirpSocket(engine, id)
  const helpers = await startSlirp(networkPlace(engine), { options, namespace, socket })
  saveContainerNetwork(engine.at, id, { ...record, helpers })
  await addForwards(socket, options.address, record.ports)
  const facts = {
    path: namespace,
    addresses: [options.address, ...(options.hasIpv6 ? ['fd00::2'] : [])].slice(0, 1),
    networkServers: [],
    networkSearches: [],
    forwarders: [options.nameServer],
    hostAddress: configuredHostAddress(engine) ?? localAddress() ?? '',
  }
  return { facts, helpers }
}

/** The kernel takes only short names of sockets. */
function slirpSocket({ at }: Engine, id: string): string {
  return `${paths.networkNamespaces(at)}/slirp-${id.slice(0, 12)}`
}

/** Before a helper says it in its own words, or does not say it at all. */
function checkPorts({ settings }: Engine, ports: readonly PortMapping[]): void {
  if (settings.isRootless) ports.forEach(checkPrivilege)
  for (const { hostAddress, hostPort, count, protocol } of ports) {
    if (protocol === 'sctp') continue
    for (let port = hostPort; port < hostPort + count; port += 1) tryPort(hostAddress || '0.0.0.0', port, protocol)
  }
}

function tryPort(address: string, port: number, protocol: 'tcp' | 'udp'): void {
  try {
    closeSync(occupyPort(address, port, protocol))
  } catch (error) {
    if (errnoOf(error) !== 'EADDRINUSE') throw error
    throw portRefused(`listen ${protocol} ${address}:${port}`, error)
  }
}

function checkPrivilege({ hostPort, protocol }: PortMapping): void {
  const text = absentAsUndefined(() => readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')) ?? '0'
  const first = Number(text)
  if (hostPort >= first) return
  throw new EngineError({
    kind: 'denied',
    code: 'port-privileged',
    message: `cannot expose privileged port ${hostPort}, you can add 'net.ipv4.ip_unprivileged_port_start=${hostPort}' to /etc/sysctl.conf (currently ${first}), or choose a larger port number (>= ${first}): permission denied`,
    hint: `As root: sysctl net.ipv4.ip_unprivileged_port_start=${hostPort}; or publish on a free port: -p ${freePort(hostPort, protocol)}:…`,
  })
}

/** 80 → 8080, as people do, if that is free. */
function freePort(port: number, protocol: string): number {
  const bound = new Set(boundPorts())
  for (let candidate = port + 8000; ; candidate += 1) if (!bound.has(`${protocol} ${candidate}`)) return candidate
}
