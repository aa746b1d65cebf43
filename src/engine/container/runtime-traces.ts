// What stands in a container's root file system only because something is mounted there while it runs: empty files and folders that the
// runtime made, and /etc/mtab. They are no part of what the container wrote.

import { type BigIntStats, closeSync, fstatSync, readdirSync } from 'node:fs'
import { posix } from 'node:path'
import type { PackedEntry } from '../../image/pack-folder.ts'
import { textOf } from '../../image/tar-entry.ts'
import { openEntry } from '../../os/open-entry.ts'
import type { ChangedTree } from '../../storage/changes.ts'
import { findInLayers } from '../../storage/lower-layers.ts'
import type { Engine } from '../engine.ts'
import { readBundleConfig } from './bundle-config.ts'
import { pathInRoot } from './root-folder.ts'
import type { StoredContainer } from './stored-container.ts'

const everywhere = [
  ...['/dev', '/dev/console', '/dev/mqueue', '/dev/pts', '/dev/shm', '/proc', '/sys', '/sys/fs/cgroup'],
  ...['/etc/hostname', '/etc/hosts', '/etc/mtab', '/etc/resolv.conf'],
  ...['/run/.containerenv', '/run/podman-init', '/run/secrets', '/tmp', '/var/tmp', '/run'],
]

/** Whether an entry of the container's tree is one; `root`: its root file system, mounted. */
export function runtimeTraces(
  engine: Engine,
  container: StoredContainer,
  { lowers, style, root }: Pick<ChangedTree, 'lowers' | 'style'> & { readonly root: number },
): (entry: PackedEntry) => boolean {
  const points = mountPoints(engine, container, root)
  const ways = new Set([...points].flatMap((path) => foldersAbove(path)))
  const isTrace = (path: string, fd: number, stat: BigIntStats): boolean => {
    if (!points.has(path) && !ways.has(path)) return false
    if (findInLayers(lowers, path.split('/').slice(1), style) !== undefined) return false
    if (stat.isDirectory()) return areAllTraces(path, fd)
    if (stat.isSymbolicLink()) return path === '/etc/mtab'
    return points.has(path) && stat.isFile() && stat.size === 0n
  }
  const areAllTraces = (path: string, fd: number): boolean =>
    readdirSync(`/proc/self/fd/${fd}`, { encoding: 'latin1' }).every((name) => {
      const entry = openEntry(fd, name)
      if (entry === undefined) return true
      try {
        return isTrace(`${path}/${textOf(name) ?? name}`, entry, fstatSync(entry, { bigint: true }))
      } finally {
        closeSync(entry)
      }
    })
  return ({ name, fd, stat }) => isTrace(pathOf(name), fd, stat)
}

/** `./a/b` as /a/b. */
function pathOf(name: string): string {
  return textOf(name.slice(1)) ?? name.slice(1)
}

/** Links on the way are followed, as the runtime follows them. */
function mountPoints(engine: Engine, { id, stored }: StoredContainer, root: number): Set<string> {
  const { mounts, secrets } = stored.spec
  const named = [
    ...everywhere,
    ...(readBundleConfig(engine.at, id)?.mounts ?? []).map(({ destination }) => destination),
    ...mounts.mounts.map(({ destination }) => destination),
    ...(secrets?.mounts ?? []).map(({ target }) => posix.resolve('/run/secrets', target)),
  ].map((path) => posix.normalize(path))
  using folder = { fd: root, [Symbol.dispose]: () => undefined }
  const top = pathInRoot(folder, '/') ?? ''
  const real = named.flatMap((path) => {
    const found = pathInRoot(folder, path)
    return found?.startsWith(`${top}/`) ? [found.slice(top.length)] : []
  })
  return new Set([...named, ...real])
}

function foldersAbove(path: string): string[] {
  const parent = posix.dirname(path)
  return parent === '/' || parent === '.' ? [] : [parent, ...foldersAbove(parent)]
}
