// Files of ours that are mounted into a container: hosts, hostname, resolv.conf, localtime, .containerenv.

import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolders } from '../../os/make-folders.ts'
import type { IdMappings } from '../../spec/facts.ts'
import type { Mount } from '../../spec/mounts.ts'
import { networkFacetOf } from '../../spec/network.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { readBundleConfig } from './bundle-config.ts'
import { type HostEntry, hostsFile, readBaseHosts } from './hosts-file.ts'
import type { NetworkFacts } from './network-facts.ts'
import { isOurs } from './prepare-root.ts'
import { resolvConf } from './resolv-conf.ts'
import type { StoredContainer } from './stored-container.ts'
import { localTime } from './time-zone.ts'

export interface FileFacts {
  readonly hostname: string
  readonly rootfs: string
  readonly network: NetworkFacts
  /** The container whose network is joined. */
  readonly networkOf: string | undefined
  readonly mappings: IdMappings | undefined
}

/** Writes them anew and returns them by their path inside. What a mount of the user's covers is left out. */
export function writeContainerFiles(
  engine: Engine,
  container: StoredContainer,
  facts: FileFacts,
): Record<string, string> {
  const folder = join(paths.container(engine.at, container.id), containerFiles.root.files)
  // The container's root must get at them, whoever that is outside.
  makeFolders(folder)
  chmodSync(folder, 0o755)
  const contents = contentsOf(engine, container, facts)
  const wanted = contents.filter(([path]) => !isCovered(path, container.stored.spec.mounts.mounts))
  const files = Object.fromEntries(
    wanted.map(([path, content]) => [
      path,
      isSource(content) ? content.source : writeOne(folder, path, { content, facts }),
    ]),
  )
  const { chrootFolders = [] } = container.stored.spec.process
  const copies = chrootFolders.flatMap((root) => Object.entries(files).map(([path, file]) => [join(root, path), file]))
  return { ...files, ...Object.fromEntries(copies) }
}

function isSource(content: Content): content is { readonly source: string } {
  return typeof content !== 'string' && !Buffer.isBuffer(content)
}

type Content = string | Buffer | { readonly source: string }

function contentsOf(engine: Engine, container: StoredContainer, facts: FileFacts): [string, Content][] {
  const { hosts, dns } = networkFacetOf(container.stored.spec)
  const { network } = engine.settings
  const shared = sharedFiles(engine, facts.networkOf)
  const isShared = facts.networkOf !== undefined
  const hasHosts = hosts.hasHosts ?? (network.hasHosts || isShared)
  const hasHostname = hosts.hasHostname ?? network.hasHostname
  const contents: [string, Content][] = []
  if (hasHosts) contents.push(['/etc/hosts', shared('/etc/hosts') ?? hostsText(engine, container, facts)])
  if (!dns.isImages) {
    contents.push(['/etc/resolv.conf', shared('/etc/resolv.conf') ?? resolvText(engine, container, facts)])
  }
  if (hasHostname) contents.push(['/etc/hostname', `${facts.hostname}\n`])
  const { timeZone } = container.stored.spec.process
  const zone = !timeZone ? undefined : localTime(facts.rootfs, timeZone, isOurs(container.stored.spec))
  if (zone !== undefined) contents.push(['/etc/localtime', zone])
  contents.push(['/run/.containerenv', containerEnvironment(engine, container)])
  return contents
}

/** Also of a container that runs, when its networks change. */
export function hostsText(
  engine: Engine,
  { name, stored }: StoredContainer,
  facts: Omit<FileFacts, 'mappings' | 'networkOf'>,
): string {
  const { hosts } = networkFacetOf(stored.spec)
  const { network } = facts
  return hostsFile({
    added: hosts.added,
    base: readBaseHosts(hosts.baseFile ?? engine.settings.network.baseHostsFile, facts.rootfs),
    hostAddress: network.hostAddress,
    own: ownEntries(stored, network, [facts.hostname, name]),
  })
}

/** By its addresses; a container without a network finds itself all the same. */
function ownEntries(
  { spec }: StoredContainer['stored'],
  { addresses }: NetworkFacts,
  names: readonly string[],
): HostEntry[] {
  const { kind } = spec.namespaces.network
  if (kind === 'none' || kind === 'private') return [{ address: '127.0.0.1', names }]
  return addresses.map((address) => ({ address, names }))
}

export function resolvText(
  engine: Engine,
  { stored }: StoredContainer,
  { network }: Pick<FileFacts, 'network'>,
): string {
  const { dns } = networkFacetOf(stored.spec)
  const { dnsServers, dnsSearches, dnsOptions } = engine.settings.network
  const isHost = stored.spec.namespaces.network.kind === 'host'
  return resolvConf({
    isHost,
    hasIpv6: isHost || network.addresses.length === 0 || network.addresses.some((address) => address.includes(':')),
    networkServers: network.networkServers,
    networkSearches: network.networkSearches,
    forwarders: network.forwarders,
    servers: [...dnsServers, ...dns.servers],
    searches: [...dnsSearches, ...dns.searches],
    options: [...dnsOptions, ...dns.options],
  })
}

/**
 * What the other container has mounted there, by our own record: the way through /proc/PID/root would be that container's to
 * lay, with links out of it.
 */
function sharedFiles(engine: Engine, id: string | undefined): (path: string) => Content | undefined {
  const mounts = id === undefined ? [] : (readBundleConfig(engine.at, id)?.mounts ?? [])
  return (path) => {
    const source = mounts.find((mount) => mount.destination === path && mount.type === 'bind')?.source
    return source === undefined ? undefined : { source }
  }
}

function writeOne(
  folder: string,
  path: string,
  { content, facts }: { content: string | Buffer; facts: FileFacts },
): string {
  const target = join(folder, path.split('/').at(-1) as string)
  writeFileSync(target, content)
  chmodSync(target, 0o644)
  const { mappings } = facts
  if (mappings !== undefined) chownSync(target, rootOutside(mappings.uids), rootOutside(mappings.gids))
  return target
}

function rootOutside(ranges: IdMappings['uids']): number {
  return ranges.find((range) => range.containerID === 0)?.hostID ?? 0
}

/** Empty, but for a privileged container, which may know what it is. */
function containerEnvironment(engine: Engine, { id, name, stored }: StoredContainer): string {
  if (!stored.spec.security.isPrivileged) return ''
  const facts = {
    // podman-run(1) says `podman-VERSION` here: whoever asks looks for that word.
    engine: 'podman-5.4-gantry',
    name,
    id,
    image: stored.image?.name ?? '',
    imageid: stored.image?.id ?? '',
  }
  const lines = Object.entries(facts).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  return `${[...lines, `rootless=${engine.settings.isRootless ? 1 : 0}`].join('\n')}\n`
}

/** The same place, or for /run/.containerenv a bind of the user's over /run. */
function isCovered(path: string, mounts: readonly Mount[]): boolean {
  return mounts.some(
    (mount) =>
      mount.destination === path || (mount.kind === 'bind' && path.startsWith('/run/') && mount.destination === '/run'),
  )
}
