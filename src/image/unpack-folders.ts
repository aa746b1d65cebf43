// Descriptors of the folders inside a layer that is being unpacked. Every path is resolved by the kernel with the layer as its
// root (openat2, RESOLVE_IN_ROOT), so no link and no `..` leads out; the cache only saves resolving it again.

import { closeSync, constants } from 'node:fs'
import type { EngineError } from '../base/errors.ts'
import { errnoOf, invalid } from '../base/errors.ts'
import { native, resolveFlags } from '../os/native.ts'
import { shownName } from './tar-entry.ts'
import { nativeName } from './unpack-name.ts'

export interface FolderCache extends Disposable {
  /** Descriptor of the folder, valid until two further calls. Missing folders are made (0755, ours) and told to `onImplied`. */
  open(components: readonly string[]): number
  /** The same, but answers undefined for what is not there. */
  find(components: readonly string[]): number | undefined
  /** Must follow each removal of a folder or link, through which cached paths may have led. Takes effect with `settle`. */
  forget(): void
  /** Between two members: no descriptor that was answered is used any more. */
  settle(): void
}

const maxOpen = 128
const oPath = 0o10000000
const folderFlags = oPath | constants.O_DIRECTORY

export function createFolderCache(rootFd: number, onImplied: (path: string) => void): FolderCache {
  const cached = new Map<string, number>()

  let isStale = false

  function closeAll(): void {
    isStale = false
    for (const fd of cached.values()) closeSync(fd)
    cached.clear()
  }

  function remember(path: string, fd: number): number {
    if (cached.size >= maxOpen) evictOldest(cached)
    cached.set(path, fd)
    return fd
  }

  /** Taken out and put back, so that the map's order is the order of use. */
  function take(path: string): number | undefined {
    const fd = cached.get(path)
    cached.delete(path)
    return fd
  }

  function find(components: readonly string[]): number | undefined {
    if (components.length === 0) return rootFd
    const path = components.join('/')
    const fd = take(path) ?? openFolder(rootFd, path)
    return fd === undefined ? undefined : remember(path, fd)
  }

  function open(components: readonly string[]): number {
    const found = find(components)
    if (found !== undefined) return found
    const parent = open(components.slice(0, -1))
    makeImplied(parent, components)
    onImplied(components.join('/'))
    const made = find(components)
    if (made === undefined) throw throughLink(components.join('/'))
    return made
  }

  return {
    open,
    find,
    forget: () => {
      isStale = true
    },
    settle: () => {
      if (isStale) closeAll()
    },
    [Symbol.dispose]: closeAll,
  }
}

function evictOldest(cached: Map<string, number>): void {
  const oldest = cached.entries().next().value
  if (oldest === undefined) return
  cached.delete(oldest[0])
  closeSync(oldest[1])
}

function openFolder(rootFd: number, path: string): number | undefined {
  try {
    const resolve = resolveFlags.inRoot | resolveFlags.noMagicLinks
    return native().openat2(rootFd, nativeName(path), { flags: folderFlags, resolve })
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === 'ENOENT') return undefined
    if (errno === 'ENOTDIR' || errno === 'ELOOP') throw throughLink(path)
    throw error
  }
}

function makeImplied(parent: number, components: readonly string[]): void {
  try {
    const name = nativeName(components.at(-1) ?? '')
    native().mkdirat(parent, name, 0o755)
    native().fchmodat(parent, name, 0o755)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw throughLink(components.join('/'))
    throw error
  }
}

/** A link to something that the layer does not hold: legitimate archives have none, and chroot-based engines fail there too. */
function throughLink(path: string): EngineError {
  return invalid('layer-path-through-link', `the layer uses '${shownName(path)}' as a folder, which it is not`)
}
