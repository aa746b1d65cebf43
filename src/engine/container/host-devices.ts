// Device nodes of the host: those that --device names, or all of them for a privileged container.

import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf, invalid } from '../../base/errors.ts'
import { splitDevice } from '../../os/device-number.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { DeviceRequest } from '../../spec/devices.ts'
import type { ResolvedDevice } from '../../spec/facts.ts'

/** @throws invalid `device-unknown` */
export function resolveDevices(spec: CompleteSpec, isRootless: boolean): ResolvedDevice[] {
  const asked = spec.devices.devices.flatMap(resolveRequest)
  if (!spec.security.isPrivileged) return asked
  const taken = new Set(asked.map((device) => device.path))
  const isLeftOut = (path: string) => taken.has(path) || (hasOwnConsoles(spec, isRootless) && isVirtualConsole(path))
  return [...asked, ...devicesBelow('/dev', { isTop: true }).filter(({ path }) => !isLeftOut(path))]
}

/** Whether those that --device names are there. @throws invalid `device-unknown` */
export function checkDevices(spec: CompleteSpec): void {
  for (const request of spec.devices.devices) resolveRequest(request)
}

/** systemd would take the host's consoles for its own; of an ordinary user they are not. */
function hasOwnConsoles({ process }: CompleteSpec, isRootless: boolean): boolean {
  return process.isSystemd || isRootless
}

function isVirtualConsole(path: string): boolean {
  return /^\/dev\/tty\d+$/.test(path)
}

/** Bound or made by the runtime, or another mount's. */
const ownFolders = new Set(['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts', '.udev'])
/** Made by every runtime itself. */
const ownNodes = new Set([
  '/dev/console',
  '/dev/ptmx',
  '/dev/tty',
  '/dev/null',
  '/dev/zero',
  '/dev/full',
  '/dev/random',
  '/dev/urandom',
])

function resolveRequest(request: DeviceRequest): ResolvedDevice[] {
  const { host, container, permissions } = request
  const source = realPath(host)
  const stat = statSync(source)
  if (!stat.isDirectory()) return [nodeAt(source, stat, { path: container, permissions, shown: host })]
  const found = devicesBelow(source, { isTop: false }).map((device) => ({
    ...device,
    path: join(container, device.hostPath.slice(source.length)),
    permissions,
  }))
  if (found.length === 0) throw invalid('device-unknown', `no devices found in ${host}: invalid argument`)
  return found
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR') throw error
    throw invalid('device-unknown', `stat ${path}: no such file or directory`)
  }
}

function devicesBelow(folder: string, { isTop }: { isTop: boolean }): ResolvedDevice[] {
  const entries = absentAsUndefined(() => readdirSync(folder, { withFileTypes: true })) ?? []
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return isTop && ownFolders.has(entry.name) ? [] : devicesBelow(path, { isTop: false })
    if (!entry.isCharacterDevice() && !entry.isBlockDevice()) return []
    if (ownNodes.has(path)) return []
    const stat = absentAsUndefined(() => lstatSync(path))
    return stat === undefined ? [] : [nodeAt(path, stat, { path, permissions: 'rwm', shown: path })]
  })
}

interface NodeNames {
  readonly path: string
  readonly permissions: string
  readonly shown: string
}

function nodeAt(hostPath: string, stat: Stats, { path, permissions, shown }: NodeNames): ResolvedDevice {
  if (!stat.isCharacterDevice() && !stat.isBlockDevice()) {
    throw invalid('device-unknown', `${shown} is not a valid device: not a device node`)
  }
  const { major, minor } = splitDevice(stat.rdev)
  const type = stat.isBlockDevice() ? 'b' : 'c'
  return { hostPath, path, permissions, type, major, minor, fileMode: stat.mode & 0o777, uid: stat.uid, gid: stat.gid }
}
