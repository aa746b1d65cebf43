// A pod of a manifest → the pod that the engine makes: its network, names, ports and namespaces.

import { hostname } from 'node:os'
import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import { parseIp, printIp } from '../../base/ip-address.ts'
import type { NamespaceFacet, NetworkMode } from '../../spec/namespaces.ts'
import type { DnsFacet, HostsFacet, NetworkFacet, PortMapping } from '../../spec/network.ts'
import { parseNetworks } from '../../spec/network-text.ts'
import { isCovered } from '../../spec/ports.ts'
import { parseSysctl } from '../../spec/sysctls.ts'
import { parseUserNamespace, type UserNamespaceMode } from '../../spec/user-namespace.ts'
import type { NetworkAttachment } from '../../state/network-attachment.ts'
import type { Engine } from '../engine.ts'
import type { RegistryAccess } from '../image/registry-session.ts'
import type { PodPlan } from '../pod/create.ts'
import { infraBase } from '../pod/create-in-pod.ts'
import { annotationKeys } from './annotations.ts'
import type { KubePod } from './read-pod.ts'

export interface PodWishes {
  /** As --network has them. */
  readonly networks: readonly string[]
  /** Of this pod. */
  readonly address: string | undefined
  readonly mac: string | undefined
  readonly ports: readonly PortMapping[]
  /** Container ports that name none of the host's, too. */
  readonly isAllPublished: boolean
  /** As --userns has it; empty is the manifest's. */
  readonly userNamespace: string
  readonly hasHosts: boolean | undefined
  readonly hasHostname: boolean | undefined
  readonly createCommand: readonly string[]
  readonly access: RegistryAccess
  /** Of the service container. */
  readonly serviceId?: string
}

/** Made when a pod names no network. */
export const kubeNetwork = 'podman-default-kube-network'

/** @throws invalid `network-invalid`, `userns-invalid`, `port-invalid`, `host-invalid`, `sysctl-invalid` */
export function podPlan(engine: Engine, pod: KubePod, wishes: PodWishes): PodPlan {
  const { mode, attachments } = networkOf(pod, wishes)
  const isHostNetwork = mode.kind === 'host'
  const base = infraBase(engine)
  const infraName = pod.annotations[annotationKeys.infraName]
  return {
    name: pod.name,
    labels: pod.labels,
    createCommand: wishes.createCommand,
    hostname: pod.isHostNetwork ? hostname() : (pod.hostname ?? pod.name),
    exitPolicy: 'stop',
    restart: restartOf(pod),
    shares: ['ipc', 'net', 'uts', ...(pod.isPidShared ? (['pid'] as const) : [])],
    isGroupShared: true,
    limits: limitsOf(pod),
    access: wishes.access,
    ...defined({ serviceId: wishes.serviceId }),
    infra: {
      ...base,
      notify: { mode: 'ignore' },
      ...(infraName ? { name: infraName } : {}),
      namespaces: { ...namespacesOf(pod, wishes), network: mode },
      network: networkFacet(pod, wishes, { attachments, isHostNetwork }),
      resources: { sysctls: sysctlsOf(pod) },
    },
  }
}

function limitsOf({ resources: { limits, requests } }: KubePod): PodPlan['limits'] {
  return defined({
    cpus: limits.cpus || undefined,
    memoryBytes: limits.memoryBytes || undefined,
    cpuShares: requests.cpus === undefined ? undefined : Math.max(2, Math.floor(requests.cpus * 1024)),
    memoryReservationBytes: requests.memoryBytes || undefined,
  })
}

function restartOf({ restart }: KubePod): PodPlan['restart'] {
  if (restart === 'OnFailure') return { policy: 'on-failure', maxRetries: 0 }
  return { policy: restart === 'Never' ? 'no' : 'always' }
}

function namespacesOf(pod: KubePod, wishes: PodWishes): NamespaceFacet {
  return {
    user: userNamespaceOf(pod, wishes),
    ...(pod.isHostNetwork ? { uts: { kind: 'host' } as const } : {}),
    ...(pod.isHostIpc ? { ipc: { kind: 'host' } as const } : {}),
    ...(pod.isHostPid ? { pid: { kind: 'host' } as const } : {}),
  }
}

/** The flag, podman's annotation, hostUsers: the first that says something. */
function userNamespaceOf({ annotations, name, hostUsers }: KubePod, { userNamespace }: PodWishes): UserNamespaceMode {
  const annotated = annotations[annotationKeys.userNamespace] ?? annotations[`${annotationKeys.userNamespace}/${name}`]
  const text = userNamespace || annotated || (hostUsers === false ? 'auto' : 'host')
  return parseUserNamespace(text === 'private' ? 'auto' : text)
}

interface PodNetwork {
  readonly mode: NetworkMode
  readonly attachments: readonly NetworkAttachment[]
}

function networkOf(pod: KubePod, { networks, address, mac }: PodWishes): PodNetwork {
  if (networks.length === 0 && pod.isHostNetwork) return { mode: { kind: 'host' }, attachments: [] }
  const parsed = parseNetworks(networks.length === 0 ? [kubeNetwork] : networks)
  const mode = parsed.mode ?? { kind: 'bridge' }
  const what = address === undefined ? 'mac address' : 'ip addresses'
  if ((address !== undefined || mac !== undefined) && mode.kind !== 'bridge')
    throw bad(`static ${what} can only be set when the network mode is bridge: invalid argument`)
  if ((address !== undefined || mac !== undefined) && parsed.attachments.length !== 1)
    throw bad(`cannot set static ${what} for more than network, use netname:ip=<ip> syntax: invalid argument`)
  const names = pod.containers.map(({ name }) => name)
  return {
    mode,
    attachments: parsed.attachments.map((one) => ({
      ...one,
      aliases: [...one.aliases, ...names],
      addresses: [...one.addresses, ...(address === undefined ? [] : [addressOf(address)])],
      ...defined({ mac: mac ?? one.mac }),
    })),
  }
}

function addressOf(text: string): string {
  const address = parseIp(text)
  if (address !== undefined) return printIp(address)
  throw bad(`invalid argument ${JSON.stringify(text)} for "--ip" flag: invalid string being converted to IP address`)
}

function networkFacet(
  pod: KubePod,
  wishes: PodWishes,
  {
    attachments,
    isHostNetwork,
  }: { readonly attachments: readonly NetworkAttachment[]; readonly isHostNetwork: boolean },
): NetworkFacet {
  return {
    attachments,
    ports: isHostNetwork ? [] : portsOf(pod, wishes),
    exposed: [],
    isAllPublished: false,
    dns: dnsOf(pod),
    hosts: hostsOf(pod, wishes),
  }
}

/** What a flag publishes, no container does again. */
function portsOf({ containers }: KubePod, { ports, isAllPublished }: PodWishes): PortMapping[] {
  const named = containers
    .flatMap((container) => container.ports)
    .map((one) => ({ ...one, hostPort: one.hostPort || (isAllPublished ? one.port : 0) }))
    .filter(
      ({ hostPort, port, protocol }) => hostPort !== 0 && !ports.some((other) => isCovered({ port, protocol }, other)),
    )
  const mapped = named.map(({ port, protocol, hostPort, hostAddress }) => ({
    port,
    protocol,
    hostPort,
    hostAddress: hostAddress === '0.0.0.0' ? '' : hostAddress,
    count: 1,
  }))
  return [...ports, ...mapped]
}

function dnsOf({ dns }: KubePod): DnsFacet {
  const stranger = dns.servers.find((server) => parseIp(server) === undefined)
  if (stranger !== undefined) throw invalid('dns-invalid', `${stranger} is not an ip address`)
  const searches = dns.isOwn && dns.searches.length === 0 ? ['.'] : dns.searches
  return { servers: dns.servers, searches, options: dns.options, isImages: false }
}

function hostsOf({ hostAliases }: KubePod, { hasHosts, hasHostname }: PodWishes): HostsFacet {
  if (hostAliases.length > 0 && hasHosts === false)
    throw invalid('host-invalid', 'HostAliases in yaml file will not work with --no-hosts')
  return {
    added: hostAliases.flatMap(({ address, names }) => names.map((name) => `${name}:${address}`)),
    ...defined({ hasHosts, hasHostname }),
  }
}

function sysctlsOf({ security }: KubePod): Record<string, string> {
  return Object.fromEntries(Object.entries(security.sysctls).map(([name, value]) => parseSysctl(`${name}=${value}`)))
}

function bad(message: string): Error {
  return invalid('network-invalid', message)
}
