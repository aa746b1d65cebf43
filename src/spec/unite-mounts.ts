// The mounts of -v, --mount and --tmpfs together.

import { type EngineError, invalid } from '../base/errors.ts'
import type { Mount } from './mounts.ts'

export interface MountGroups {
  readonly mounts: readonly Mount[]
  readonly volumes: readonly Mount[]
  readonly tmpfs: readonly Mount[]
}

/** One mount a destination; the very same one twice counts once. @throws invalid `mount-duplicate` */
export function uniteMounts({ mounts, volumes, tmpfs }: MountGroups): Mount[] {
  const united = new Map<string, Mount>()
  for (const mount of [...mounts, ...volumes, ...tmpfs]) {
    const other = united.get(mount.destination)
    if (other === undefined) united.set(mount.destination, mount)
    // --mount says more than --tmpfs: it stays.
    else if (mount.kind === 'tmpfs' && mounts.includes(other) && other.kind === 'tmpfs') continue
    else if (JSON.stringify(other) !== JSON.stringify(mount)) throw duplicate(mount.destination)
  }
  return [...united.values()]
}

function duplicate(destination: string): EngineError {
  return invalid('mount-duplicate', `${destination}: duplicate mount destination`)
}
