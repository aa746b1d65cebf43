// The network facet: which networks a container is in, what it publishes, and what its /etc/hosts and /etc/resolv.conf say.

import { invalid } from '../base/errors.ts'
import type { NetworkAttachment } from '../state/network-attachment.ts'
import type { ContainerSpec } from './container-spec.ts'
import type { NetworkMode } from './namespaces.ts'

export interface NetworkFacet {
  /** Of a container in bridge networks; the default network where there is none. */
  readonly attachments: readonly NetworkAttachment[]
  readonly ports: readonly PortMapping[]
  readonly exposed: readonly ExposedPort[]
  /** --publish-all: what is exposed gets a random port of the host's. */
  readonly isAllPublished: boolean
  readonly dns: DnsFacet
  readonly hosts: HostsFacet
}

export interface DnsFacet {
  readonly servers: readonly string[]
  readonly options: readonly string[]
  readonly searches: readonly string[]
  /** --dns none: the image's resolv.conf is left alone. */
  readonly isImages: boolean
}

export interface HostsFacet {
  /** `name[;name…]:address`, where the address may be `host-gateway`. */
  readonly added: readonly string[]
  /** `none`, `image`, or a path; the configured one unless said. */
  readonly baseFile?: string
  readonly hasHosts?: boolean
  readonly hasHostname?: boolean
}

export type PortProtocol = 'tcp' | 'udp' | 'sctp'

export interface ExposedPort {
  readonly port: number
  readonly protocol: PortProtocol
}

/** `count` ports from the two on. */
export interface PortMapping extends ExposedPort {
  /** Empty: all of the host's. */
  readonly hostAddress: string
  /** 0 before creation: a free one is chosen. */
  readonly hostPort: number
  readonly count: number
}

const nothing: NetworkFacet = {
  attachments: [],
  ports: [],
  exposed: [],
  isAllPublished: false,
  dns: { servers: [], options: [], searches: [], isImages: false },
  hosts: { added: [] },
}

/** What a spec that says nothing of it means. */
export function networkFacetOf({ network }: Pick<ContainerSpec, 'network'>): NetworkFacet {
  return network ?? nothing
}

/** Modes in which ports can be published. */
export function canPublish({ kind }: NetworkMode): boolean {
  return kind === 'bridge' || kind === 'pasta' || kind === 'slirp4netns'
}

/** @throws invalid `network-conflict` for what needs a network of the container's own */
export function checkNetwork(mode: NetworkMode, facet: NetworkFacet): void {
  if (mode.kind !== 'container') return
  const { ports, isAllPublished, dns, hosts } = facet
  const wishes = [
    { is: ports.length > 0 || isAllPublished, to: 'publish ports' },
    { is: dns.servers.length + dns.options.length + dns.searches.length > 0, to: 'set DNS' },
    { is: hosts.added.length > 0, to: 'add hosts' },
  ]
  const conflict = wishes.find(({ is }) => is)?.to
  if (conflict === undefined) return
  throw invalid(
    'network-conflict',
    `cannot ${conflict} when joining the network of another container: invalid argument`,
  )
}
