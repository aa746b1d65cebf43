// Network namespaces as pinned files. This process never leaves its own: what is to be done in another is done there by a thread of the
// addon (native().netlink and the like), or by a program that nsenter starts.

import { closeSync, openSync, writeFileSync } from 'node:fs'
import { errnoOf } from '../base/errors.ts'
import { removeFile } from './atomic-file.ts'
import { type IdRange, mapText } from './id-mapped-mount.ts'
import { native, umountFlags } from './native.ts'

export interface IdMaps {
  readonly uids: readonly IdRange[]
  readonly gids: readonly IdRange[]
}

interface Place {
  readonly path: string
  readonly fd: number
}

let place: Place | undefined

/** Makes a namespace with its loopback still down, pinned at `path`, which must not exist. */
export function makeNetworkNamespace(path: string): void {
  writeFileSync(path, '', { flag: 'wx', mode: 0o600 })
  try {
    native().pinNewNetwork(path)
  } catch (error) {
    removeFile(path)
    throw error
  }
}

/**
 * The same of a user namespace that is made and pinned with it: its root may do there what root may, and so may who joins that.
 * Neither path may exist.
 */
export function makeMappedNetworkNamespace(
  paths: { readonly network: string; readonly user: string },
  maps: IdMaps,
): void {
  const files = [paths.user, paths.network]
  try {
    for (const path of files) writeFileSync(path, '', { flag: 'wx', mode: 0o600 })
    native().pinMappedNetwork(paths.network, paths.user, { uids: mapText(maps.uids), gids: mapText(maps.gids) })
  } catch (error) {
    files.forEach(unpinNamespace)
    throw error
  }
}

/** The namespace ends when nobody is left in it. Idempotent. */
export function unpinNamespace(path: string): void {
  try {
    native().umount(path, umountFlags.detach | umountFlags.noFollow)
  } catch (error) {
    const errno = errnoOf(error)
    if (errno !== 'EINVAL' && errno !== 'ENOENT') throw error
  }
  removeFile(path)
}

/** Whatever links.ts, netlink.ts and this file do in `act`, which must not wait, is done in the namespace at `path`. */
export function inNetworkNamespace<T>(path: string, act: () => T): T {
  const before = place
  const fd = openSync(path, 'r')
  place = { path, fd }
  try {
    return act()
  } finally {
    place = before
    closeSync(fd)
  }
}

export interface NetworkPeer {
  /** Open. */
  readonly namespace: number
  /** Numeric. */
  readonly address: string
  readonly port: number
  readonly timeoutMs: number
}

/** A connected socket, the caller's to close. Holds the thread up for `timeoutMs` at most. @throws Error with the errno; EINPROGRESS when that is over */
export function connectInNetwork({ namespace, address, port, timeoutMs }: NetworkPeer): number {
  return native().connectPort(address, port, timeoutMs, namespace)
}

/** For native(); -1 for our own. */
export function networkNamespaceFd(): number {
  return place?.fd ?? -1
}

/** What starts a program there. */
export function namespacedCommand(file: string, argv: readonly string[]): { file: string; argv: readonly string[] } {
  return place === undefined ? { file, argv } : { file: 'nsenter', argv: [`--net=${place.path}`, file, ...argv] }
}

/** `net.ipv4.ip_forward`, with slashes. One that the kernel has not got, or that is not ours to set, is left as it is. */
export function setSysctl(name: string, value: string): void {
  try {
    native().writeSysctl(`/proc/sys/${name}`, value, networkNamespaceFd())
  } catch (error) {
    if (!['ENOENT', 'EROFS', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error
  }
}

/** See native().occupyPort. */
export function occupyPort(address: string, port: number, protocol: 'tcp' | 'udp'): number {
  return native().occupyPort(address, port, protocol === 'tcp' ? 1 : 2, networkNamespaceFd())
}
