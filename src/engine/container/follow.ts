// Staying with a container until it ends, and cleaning up after it in the monitor's stead.

import type { AttachClient, AttachEnd } from '../../runtime/attach-client.ts'
import { isAlive, unknownExitCode } from '../../runtime/live-state.ts'
import type { Engine } from '../engine.ts'
import { cleanupLocked } from './cleanup.ts'
import { isContainerGone, lockContainer } from './lock-container.ts'
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
    await client.cleaned()
    if (end.status === 'exited') return { status: 'exited', exitCode: end.exit.exitCode }
    return recorded === undefined ? end : { status: 'exited', exitCode: recorded }
  } finally {
    client.leave()
  }
}

/** The exit code on record, if the container has ended. */
async function cleanupEnded(engine: Engine, target: StoredContainer): Promise<number | undefined> {
  try {
    using locked = await lockContainer(engine, target)
    const { live } = locked.container
    if (isAlive(live)) return undefined
    await cleanupLocked(engine, locked.container)
    return live.status === 'exited' ? live.exitCode : undefined
  } catch (error) {
    if (isContainerGone(error)) return unknownExitCode
    throw error
  }
}
