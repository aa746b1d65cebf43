// Files of ours that are mounted into a container: hosts, hostname, resolv.conf, .containerenv.

import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IdMappings } from '../../spec/facts.ts'
import type { Mount } from '../../spec/mounts.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { readBundleConfig } from './bundle-config.ts'
import { hostsFile, resolvConf } from './network-files.ts'
import type { StoredContainer } from './stored-container.ts'

export interface FileFacts {
  readonly hostname: string
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
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  const contents = contentsOf(engine, container, facts)
  const wanted = contents.filter(([path]) => !isCovered(path, container.stored.spec.mounts.mounts))
  return Object.fromEntries(
    wanted.map(([path, content]) => [
      path,
      typeof content === 'string' ? writeOne(folder, path, { content, facts }) : content.source,
    ]),
  )
}

type Content = string | { readonly source: string }

function contentsOf(
  engine: Engine,
  container: StoredContainer,
  { hostname, networkOf }: FileFacts,
): [string, Content][] {
  const { spec } = container.stored
  const shared = sharedFiles(engine, networkOf)
  return [
    ['/etc/hosts', shared('/etc/hosts') ?? hostsFile(spec, [hostname, container.name])],
    ['/etc/resolv.conf', shared('/etc/resolv.conf') ?? resolvConf(spec)],
    ['/etc/hostname', `${hostname}\n`],
    ['/run/.containerenv', containerEnvironment(engine, container)],
  ]
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

function writeOne(folder: string, path: string, { content, facts }: { content: string; facts: FileFacts }): string {
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
    engine: 'gantry',
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
