// A container in bridge, macvlan and ipvlan networks: from nothing to connected, and back. Whatever is made is named in the container's
// network.json first; everything may be taken down again by what stands there.

import { printIp } from '../base/ip-address.ts'
import { setLink } from '../os/links.ts'
import { inNetworkNamespace } from '../os/network-namespace.ts'
import type { PortMapping } from '../spec/network.ts'
import { paths } from '../state/layout.ts'
import { acquireLock } from '../state/lock.ts'
import type { NetworkAttachment } from '../state/network-attachment.ts'
import { currentSchema } from '../state/record.ts'
import { type LeasedAddress, releaseLeases, takeLeases } from './address/lease.ts'
import { type ContainerInterface, type ContainerNetwork, saveContainerNetwork } from './container-network.ts'
import { atBridges } from './firewall/apply.ts'
import { ensureRules, removePorts } from './firewall/ports.ts'
import { attachInterface } from './link/attach.ts'
import { addNames, listens, removeNames } from './names/name-server.ts'
import type { NetworkPlace } from './network-place.ts'
import type { NetworkRecord } from './record/network-record.ts'
import { networkUnknown, readNetwork } from './record/store.ts'

export interface NetworkedContainer {
  readonly id: string
  readonly name: string
  /** Its name inside, where the user gave one. */
  readonly hostname: string | undefined
  readonly ports: readonly PortMapping[]
  /** See ContainerNetwork. */
  readonly entrance?: string | undefined
  /** Asked by the networks' name server for what is no container. */
  readonly dnsServers: readonly string[]
}

/** In this order: the first is `eth0`, and the way out. The pinned namespace is there. @throws not-found `network-unknown`, and as leases and links do */
export async function connectAll(
  place: NetworkPlace,
  container: NetworkedContainer,
  attachments: readonly NetworkAttachment[],
): Promise<ContainerNetwork> {
  const plans = planInterfaces(place, container, { attachments, existing: [] })
  const { ports, entrance } = container
  const intent = {
    schema: currentSchema,
    kind: 'bridge',
    ports,
    ...(entrance === undefined ? {} : { entrance }),
  } as const
  saveContainerNetwork(place.at, container.id, { ...intent, interfaces: plans.map(({ plan }) => plan) })
  inNetworkNamespace(paths.networkNamespace(place.at, container.id), () => setLink(1, { isUp: true }))
  const interfaces: ContainerInterface[] = []
  for (const plan of plans) interfaces.push(await connectOne(place, container, plan))
  const connected = { ...intent, interfaces }
  saveContainerNetwork(place.at, container.id, connected)
  const networks = plans.map(({ network }) => network)
  await ensureRules(place, { ...connected, networks })
  return withNames(place, container, { connected, networks })
}

/** One more network for a container that runs. `before`: what it has. */
export async function connectMore(
  place: NetworkPlace,
  container: NetworkedContainer,
  { before, attachment }: { readonly before: ContainerNetwork; readonly attachment: NetworkAttachment },
): Promise<ContainerNetwork> {
  const [plan] = planInterfaces(place, container, { attachments: [attachment], existing: before.interfaces })
  if (plan === undefined) throw new Error('no plan for an attachment')
  saveContainerNetwork(place.at, container.id, { ...before, interfaces: [...before.interfaces, plan.plan] })
  const made = await connectOne(place, container, plan)
  const connected = { ...before, interfaces: [...before.interfaces, made] }
  saveContainerNetwork(place.at, container.id, connected)
  // Ports lead to the first network: where that is a new one, they are said anew.
  if (before.interfaces.length > 0) await ensureRules(place, { networks: [plan.network], ports: [], interfaces: [] })
  else await ensureRules(place, { ...connected, networks: [plan.network] })
  return withNames(place, container, { connected, networks: [plan.network] })
}

/** Leases, names and ports. The interfaces themselves end with the namespace. Idempotent; every step runs. */
export function disconnectSteps(
  place: NetworkPlace,
  id: string,
  { interfaces, ports, entrance }: Pick<ContainerNetwork, 'interfaces' | 'ports' | 'entrance'>,
): (() => void | Promise<void>)[] {
  const names = interfaces.map(({ network }) => network)
  return [
    async () => removePorts(place, { ports, interfaces, ...(entrance === undefined ? {} : { entrance }) }),
    ...names.map((name) => async () => {
      const network = readNetwork(place.at, place.config, name)
      if (network !== undefined && network.dns_enabled) await removeNames(place, network, id)
    }),
    ...names.map((name) => () => releaseLeases(place.at, name, id)),
  ]
}

interface Plan {
  readonly network: NetworkRecord
  readonly attachment: NetworkAttachment
  readonly plan: ContainerInterface
}

interface Wanted {
  readonly attachments: readonly NetworkAttachment[]
  readonly existing: readonly ContainerInterface[]
}

function planInterfaces(
  { at, config }: NetworkPlace,
  container: NetworkedContainer,
  { attachments, existing }: Wanted,
): Plan[] {
  const taken = new Set([
    ...existing.map(({ name }) => name),
    ...attachments.flatMap(({ interfaceName }) => interfaceName ?? []),
  ])
  const hostNames = new Set(existing.map(({ hostName }) => hostName))
  return attachments.map((attachment) => {
    const network = readNetwork(at, config, attachment.network)
    if (network === undefined) throw networkUnknown(attachment.network)
    const name = attachment.interfaceName ?? parentName(config.interfaceName, network) ?? freeName('eth', taken)
    taken.add(name)
    // Fifteen characters is what the kernel takes.
    const hostName = freeName(`veth${container.id.slice(0, 8)}_`, hostNames)
    hostNames.add(hostName)
    const aliases = aliasesOf(network, container, attachment)
    const plan = { network: network.name, name, hostName, addresses: [], aliases, dnsServers: [] }
    return { network, attachment, plan }
  })
}

function parentName(rule: string, { driver, network_interface: parent }: NetworkRecord): string | undefined {
  return rule === 'device' && driver !== 'bridge' && parent !== '' ? parent : undefined
}

function freeName(prefix: string, taken: ReadonlySet<string | undefined>): string {
  for (let number = 0; ; number += 1) if (!taken.has(`${prefix}${number}`)) return `${prefix}${number}`
}

/** Docker's: the short id, and a host name that was asked for. */
function aliasesOf(
  network: NetworkRecord,
  { id, hostname }: NetworkedContainer,
  attachment: NetworkAttachment,
): string[] {
  if (!network.dns_enabled && attachment.aliases.length === 0) return []
  return [...attachment.aliases, id.slice(0, 12), ...(hostname === undefined ? [] : [hostname])]
}

async function connectOne(place: NetworkPlace, container: NetworkedContainer, plan: Plan): Promise<ContainerInterface> {
  const { network, attachment } = plan
  const { hostName, name } = plan.plan
  using _lock = await lockNetwork(place, network.name)
  if (readNetwork(place.at, place.config, network.name) === undefined) throw networkUnknown(network.name)
  const addresses = takeLeases(place.at, network, { container: container.id, addresses: attachment.addresses })
  const mtu = attachment.options?.['mtu']
  const link = atBridges(place.bridges, () =>
    attachInterface({
      network,
      namespace: paths.networkNamespace(place.at, container.id),
      name,
      hostName: hostName ?? name,
      addresses,
      ...(attachment.mac === undefined ? {} : { mac: attachment.mac }),
      ...(mtu === undefined ? {} : { mtu: Number(mtu) }),
    }),
  )
  return { ...plan.plan, mac: link.mac, addresses: addresses.map((one) => stored(network, one)) }
}

function stored({ internal, dns_enabled: hasNames }: NetworkRecord, { address, prefix, gateway }: LeasedAddress) {
  const isShown = gateway !== undefined && (!internal || hasNames)
  return { address: printIp(address), prefix, ...(isShown ? { gateway: printIp(gateway) } : {}) }
}

/** The network's lock, for all that changes its bridge and its leases. */
export async function lockNetwork({ at, patience }: NetworkPlace, name: string): Promise<Disposable> {
  return acquireLock({ path: paths.networkLock(at, name), kind: 'network', label: `network ${name}` }, patience)
}

interface Connected {
  readonly connected: ContainerNetwork
  readonly networks: readonly NetworkRecord[]
}

async function withNames(
  place: NetworkPlace,
  container: NetworkedContainer,
  { connected, networks }: Connected,
): Promise<ContainerNetwork> {
  const served = new Map<string, readonly string[]>()
  for (const network of networks.filter(({ dns_enabled: isOn }) => isOn)) {
    const own = connected.interfaces.find((one) => one.network === network.name)
    if (own === undefined || own.addresses.length === 0) continue
    const texts = own.addresses.map(({ address }) => address)
    const isAnswered = await addNames(place, network, {
      container: container.id,
      ipv4: texts.filter((text) => !text.includes(':')),
      ipv6: texts.filter((text) => text.includes(':')),
      names: [...new Set([container.name, ...own.aliases])],
      servers: container.dnsServers,
    })
    if (isAnswered) served.set(network.name, listens(network))
  }
  if (served.size === 0) return connected
  const interfaces = connected.interfaces.map((one) => ({
    ...one,
    dnsServers: served.get(one.network) ?? one.dnsServers,
  }))
  const complete = { ...connected, interfaces }
  saveContainerNetwork(place.at, container.id, complete)
  return complete
}
