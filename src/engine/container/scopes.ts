// Where systemd keeps our own processes. Without this they stay in the login session or the service that Gantry was called from.

import { existsSync } from 'node:fs'
import { logDebug } from '../../base/log.ts'
import { randomHex } from '../../base/random.ts'
import { isUnifiedCgroup, ownCgroup } from '../../os/cgroup.ts'
import { findPauseProcess } from '../../os/user-namespace.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import type { Settings } from '../settings.ts'
import { userService } from './cgroup-path.ts'
import { hostUser } from './host-user.ts'

interface Starter {
  readonly settings: Pick<Settings, 'isRootless'>
}

/**
 * Takes a monitor out of the session or service whose end would kill it, and its container with it. Where systemd is not asked for
 * scopes, or does not make one, the monitor stays where it is.
 */
export async function moveMonitor(
  { settings }: Starter,
  container: { readonly id: string; readonly stored: Pick<StoredSpec, 'cgroupManager' | 'spec'> },
  pid: number,
): Promise<void> {
  const { cgroupManager, spec } = container.stored
  if (cgroupManager !== 'systemd' || spec.cgroup.mode !== 'enabled') return
  const name = `gantry-monitor-${container.id.slice(0, 12)}`
  const slice = settings.isRootless ? 'user.slice' : 'machine.slice'
  await move(settings.isRootless, { name, slice, description: `Gantry monitor of ${container.id}`, pid })
}

/**
 * Takes this process below the user's own systemd: an ordinary user may move no process from a login session's group to a container's,
 * and the runtime would leave an exec session outside of the container's limits. Idempotent.
 */
export async function enterUserService({ settings }: Starter): Promise<void> {
  if (!settings.isRootless || !isUnifiedCgroup() || !existsSync('/run/systemd/system')) return
  if (ownCgroup().startsWith(`${userService()}/`)) return
  const { pid } = process
  await move(true, { name: `gantry-command-${pid}`, slice: 'user.slice', description: 'Gantry', pid })
}

/**
 * Takes the launcher's pause process out of the login session, which would not end before it, or the service that it was made in.
 * The launcher tells when that is needed, so that no other command asks systemd. Idempotent.
 */
export async function movePauseProcess(): Promise<void> {
  const folder = process.env['XDG_RUNTIME_DIR']
  if (folder === undefined || !existsSync('/run/systemd/system')) return
  const pause = findPauseProcess(folder)
  if (pause === undefined) return
  await move(true, { name: 'gantry-pause', slice: 'user.slice', description: 'Gantry pause process', pid: pause.pid })
}

interface Move {
  readonly name: string
  readonly slice: string
  readonly description: string
  readonly pid: number
}

async function move(isRootless: boolean, { name, ...scope }: Move): Promise<void> {
  const { startScope, systemdBus } = await import('../../os/systemd-scope.ts')
  const bus = systemdBus(isRootless, hostUser().uid)
  if (bus === undefined) return
  try {
    await startScope(bus, { ...scope, name: `${name}-${randomHex(4)}.scope` })
  } catch (error) {
    logDebug('no scope from systemd', { name, reason: (error as Error).message })
  }
}
