// Root file systems that `mount` holds: counted in $RUN/mounts, so that a boot forgets the count as it forgets the mount.

import { readFileSync, writeFileSync } from 'node:fs'
import { absentAsUndefined } from '../../base/errors.ts'
import { removeFile } from '../../os/atomic-file.ts'
import { bootId } from '../../os/boot-id.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { type Layout, paths } from '../../state/layout.ts'

/** Lock-free. */
export function handMounts(at: Layout, id: string): number {
  const text = absentAsUndefined(() => readFileSync(paths.handMount(at, id), 'utf8'))
  const [boot, count] = text?.trim().split(' ') ?? []
  return boot === bootId() ? Number(count) || 0 : 0
}

/** The container's lock is held. */
export function setHandMounts(at: Layout, id: string, count: number): void {
  if (count <= 0) {
    removeFile(paths.handMount(at, id))
    return
  }
  makeFolders(paths.runMounts(at), 0o700)
  writeFileSync(paths.handMount(at, id), `${bootId()} ${count}\n`, { mode: 0o600 })
}
