// Writes a layer's whiteouts the way the storage driver reads them. A whiteout only ever speaks of lower layers: what this
// very layer holds under that name stays (OCI image spec, layer.md).

import { closeSync, constants, lstatSync } from 'node:fs'
import { native, resolveFlags } from '../os/native.ts'
import type { Place } from './unpack-attributes.ts'
import { opaqueName, type WhiteoutStyle, whiteoutPrefix } from './whiteout.ts'

const characterDevice = 0o020000

/** `at.name` of the lower layers disappears. Idempotent. */
export function writeWhiteout(style: WhiteoutStyle, at: Place): void {
  const existing = statAt(at)
  if (style === 'vfs') {
    touch({ fd: at.fd, name: whiteoutPrefix + at.name })
  } else if (existing === undefined) {
    native().mknodat(at.fd, at.name, { mode: characterDevice, major: 0, minor: 0 })
  } else if (existing.isDirectory()) {
    writeOpaque(style, at)
  }
}

/** The folder hides what lower layers hold below it. Idempotent. */
export function writeOpaque(style: WhiteoutStyle, folder: Place): void {
  if (style === 'vfs') {
    const fd = native().openat2(folder.fd, folder.name, {
      flags: constants.O_RDONLY | constants.O_DIRECTORY,
      resolve: resolveFlags.beneath | resolveFlags.noSymlinks,
    })
    touch({ fd, name: opaqueName })
    closeSync(fd)
    return
  }
  const key = style === 'overlay' ? 'trusted.overlay.opaque' : 'user.overlay.opaque'
  native().lsetxattrat(folder.fd, folder.name, { key, value: Buffer.from('y') })
}

/** Whether an overlay whiteout stands there. */
export function isWhiteout(at: Place): boolean {
  const stat = statAt(at)
  return stat !== undefined && stat.isCharacterDevice() && stat.rdev === 0
}

export function statAt(at: Place) {
  return lstatSync(`/proc/self/fd/${at.fd}/${at.name}`, { throwIfNoEntry: false })
}

function touch(at: Place): void {
  const flags = constants.O_WRONLY | constants.O_CREAT
  closeSync(
    native().openat2(at.fd, at.name, { flags, mode: 0o600, resolve: resolveFlags.beneath | resolveFlags.noSymlinks }),
  )
}
