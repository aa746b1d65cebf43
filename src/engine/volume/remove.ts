// volume rm: refused while containers use it; with force they go first. Writes nothing new, so that it works on a full disk.

import { isContainerGone } from '../container/lock-container.ts'
import { remove as removeContainer } from '../container/remove.ts'
import type { Engine } from '../engine.ts'
import { removeUnused } from './remove-unused.ts'
import { volumeUsers } from './volume-use.ts'

export interface VolumeRemoval {
  readonly name: string
  /** Removes the containers that use it, running or not. */
  readonly isForced: boolean
  /** For stopping them; their own if undefined. */
  readonly timeoutSeconds?: number
}

/** Durable. @throws conflict `volume-in-use`; not-found `volume-unknown`; conflict `tree-has-mount` */
export async function removeVolume(engine: Engine, removal: VolumeRemoval): Promise<void> {
  if (removal.isForced) await removeUsers(engine, removal)
  await removeUnused(engine, removal.name, { except: undefined, isForced: removal.isForced })
}

/** Negative is "at once", as podman's flag takes it. */
async function removeUsers(engine: Engine, { name, timeoutSeconds }: VolumeRemoval): Promise<void> {
  for (const id of volumeUsers(engine.at, name)) {
    try {
      await removeContainer(engine, {
        container: { id, name: id },
        isForced: true,
        removesDependents: false,
        ...(timeoutSeconds === undefined ? {} : { timeoutSeconds: Math.max(0, timeoutSeconds) }),
      })
    } catch (error) {
      if (!isContainerGone(error)) throw error
    }
  }
}
