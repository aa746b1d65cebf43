// Staying with a container until it ends, and cleaning up after it in the monitor's stead.

import type { AttachClient, AttachEnd } from '../../runtime/attach-client.ts'
import { isAlive, unknownExitCode } from '../../runtime/live-state.ts'
import type { Engine } from '../engine.ts'
import { cleanupLocked, letPodEnd } from './cleanup.ts'
import { isContainerGone, lockContainer } from './lock-container.ts'
import { removeImageOf } from './remove-image.ts'
import { isToBeRestarted } from './restart-after-end.ts'
import type { StoredContainer } from './stored-container.ts'

export type FollowEnd =
  | { readonly status: 'exited'; readonly exitCode: number }
  | Exclude<AttachEnd, { status: 'exited' }>

/**
 * Resolves when the container has ended and is cleaned up (with --rm: gone), or when the client left before that. A client that is
 * killed meanwhile leaves the cleanup to the monitor.
 */
export async function follow(engine: Engine, container: StoredContainer, client: AttachClient): Promise<FollowEnd> {
  client.keep()
  const end = await client.ended
  try {
    if (end.status !== 'exited' && end.status !== 'lost') return end
    const recorded = await cleanupEnded(engine, container)
    if (recorded.isDone) {
      await Promise.all([client.cleaned(), removeImageOf(engine, container)])
      await letPodEnd(engine, container)
    }
    if (end.status === 'exited') return { status: 'exited', exitCode: end.exit.exitCode }
    return recorded.exitCode === undefined ? end : { status: 'exited', exitCode: recorded.exitCode }
  } finally {
    client.leave()
  }
}

interface Ended {
  /** On record, if the container has ended. */
  readonly exitCode?: number
  /** False leaves the rest to the monitor: it starts who restarts the container. */
  readonly isDone: boolean
}

async function cleanupEnded(engine: Engine, target: StoredContainer): Promise<Ended> {
  try {
    using locked = await lockContainer(engine, target)
    const { live } = locked.container
    if (isAlive(live)) return { isDone: true }
    const exitCode = live.status === 'exited' ? { exitCode: live.exitCode } : {}
    if (isToBeRestarted(locked.container)) return { ...exitCode, isDone: false }
    await cleanupLocked(engine, locked.container)
    return { ...exitCode, isDone: true }
  } catch (error) {
    if (isContainerGone(error)) return { exitCode: unknownExitCode, isDone: true }
    throw error
  }
}
