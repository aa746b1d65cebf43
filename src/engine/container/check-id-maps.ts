// Mount option `idmap` at creation: what a start would find out, too.

import { EngineError } from '../../base/errors.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import { isIdMapped, mountIdMaps } from '../../spec/mount-id-map.ts'

/** @throws unsupported `idmap-rootless`; invalid `mount-invalid` as far as the container's own ids are known */
export function checkIdMaps({ mounts, namespaces, source }: CompleteSpec, isRootless: boolean): void {
  const rootfs = source.kind === 'rootfs' && source.idMap !== undefined ? [{ options: [source.idMap] }] : []
  const mapped = [...rootfs, ...mounts.mounts.filter(isIdMapped)]
  if (isRootless && mapped.length > 0) throw rootless()
  if (namespaces.user.kind === 'host') for (const mount of mapped) mountIdMaps(mount, undefined)
}

/** The kernel lets nobody but root of a file system's own namespace map its ids. */
function rootless(): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'idmap-rootless',
    message: "the mount option 'idmap' is only supported as root",
    hint: "Use --userns keep-id to be the same user inside, or option 'U' to give the files to the container's user.",
  })
}
