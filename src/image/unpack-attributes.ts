// Owner, mode, extended attributes and times of what was just made. The order matters: chown(2) clears setuid bits and
// capabilities, so it comes first; times come last.

import { EngineError, errnoOf } from '../base/errors.ts'
import { logDebug } from '../base/log.ts'
import { native } from '../os/native.ts'
import { shownName, type TarEntry, type Xattr } from './tar-entry.ts'
import { nativeName } from './unpack-name.ts'
import { checkOwner, type OwnerRules } from './unpack-owner.ts'

/** The overlay's own bookkeeping: from an archive it could redirect a folder to another place in the lower layers. */
const overlayPrefixes = ['trusted.overlay.', 'user.overlay.', 'user.fuseoverlayfs.']

/** A name inside a folder that is open: what the *at calls take. */
export interface Place {
  readonly fd: number
  readonly name: string
}

export function applyAttributes(place: Place, entry: TarEntry, rules: OwnerRules): void {
  applyOwner(place, entry, rules)
  if (entry.type !== 'symlink') native().fchmodat(place.fd, place.name, entry.mode)
  for (const xattr of entry.xattrs) applyXattr(place, entry, xattr)
  applyTime(place, entry.mtimeNs)
}

export function applyTime(place: Place, mtimeNs: bigint): void {
  native().utimensat(place.fd, place.name, { atimeNs: mtimeNs, mtimeNs })
}

function applyOwner(place: Place, entry: TarEntry, rules: OwnerRules): void {
  if (rules.isSingleId) return
  checkOwner(rules, entry)
  // Also for 0:0, for below a setgid folder a new file has that folder's group.
  native().fchownat(place.fd, place.name, { uid: entry.uid, gid: entry.gid })
}

function applyXattr(place: Place, entry: TarEntry, xattr: Xattr): void {
  const { key } = xattr
  if (overlayPrefixes.some((prefix) => key.startsWith(prefix)) || key === 'security.selinux') return
  try {
    native().lsetxattrat(place.fd, place.name, { key: nativeName(key), value: xattr.value })
  } catch (error) {
    const errno = errnoOf(error)
    // Not this file system's, or not ours to set in a user namespace: engines agree to go on without.
    if (errno === 'ENOTSUP' || errno === 'EOPNOTSUPP' || errno === 'EPERM') {
      logDebug('extended attribute left out', { name: shownName(entry.name), key: shownName(key), errno })
      return
    }
    throw new EngineError({
      kind: 'invalid',
      code: 'layer-xattr-refused',
      message: `the extended attribute '${shownName(key)}' of '${shownName(entry.name)}' was refused: ${errno ?? String(error)}`,
      cause: error,
    })
  }
}
