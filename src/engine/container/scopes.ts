// Where systemd keeps our own processes. Without this they stay in the login session or the service that Gantry was called from.

import { existsSync } from 'node:fs'
import { logDebug } from '../../base/log.ts'
import { randomHex } from '../../base/random.ts'
import { type HelperProcess, isHelperAlive } from '../../network/uplink/helper-process.ts'
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
 * Takes a monitor out of the session or service whose end would kill it, and its container with it; and what connects that container
 * alone. Where systemd is not asked for scopes, or does not make one, all stay where they are.
 */
export async function moveMonitor(
  { settings }: Starter,
  container: { readonly id: string; readonly stored: Pick<StoredSpec, 'cgroupManager' | 'spec'> },
  { pid, helpers = [] }: { readonly pid: number; readonly helpers?: readonly HelperProcess[] },
): Promise<void> {
  const { cgroupManager, spec } = container.stored
  if (cgroupManager !== 'systemd' || spec.cgroup.mode !== 'enabled') return
  const name = `gantry-monitor-${container.id.slice(0, 12)}`
  const pids = [pid, ...helpers.filter(isHelperAlive).map((helper) => helper.pid)]
  await move(settings.isRootless, {
    name,
    slice: sliceOf(settings),
    description: `Gantry monitor of ${container.id}`,
    pids,
  })
}

/** Of helpers that several containers share: they must outlive the session that the first container was started in. `name`: the unit's. */
export async function moveSharedHelper(
  { settings }: { readonly settings: Pick<Settings, 'isRootless' | 'cgroupManager'> },
  name: string,
  pids: readonly number[],
): Promise<void> {
  if (settings.cgroupManager !== 'systemd' || pids.length === 0) return
  await move(settings.isRootless, {
    name: `gantry-${name}`,
    slice: sliceOf(settings),
    description: `Gantry ${name}`,
    pids,
  })
}

/**
 * Takes this process below the user's own systemd: an ordinary user may move no process from a login session's group to a container's,
 * and the runtime would leave an exec session outside of the container's limits. Idempotent.
 */
export async function enterUserService({ settings }: Starter): Promise<void> {
  if (!settings.isRootless || !isUnifiedCgroup() || !existsSync('/run/systemd/system')) return
  if (ownCgroup().startsWith(`${userService()}/`)) return
  const { pid } = process
  await move(true, { name: `gantry-command-${pid}`, slice: 'user.slice', description: 'Gantry', pids: [pid] })
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
  await move(true, {
    name: 'gantry-pause',
    slice: 'user.slice',
    description: 'Gantry pause process',
    pids: [pause.pid],
  })
}

interface Move {
  readonly name: string
  readonly slice: string
  readonly description: string
  readonly pids: readonly number[]
}

function sliceOf({ isRootless }: Starter['settings']): string {
  return isRootless ? 'user.slice' : 'machine.slice'
}

async function move(isRootless: boolean, { name, ...scope }: Move): Promise<void> {
  const { startScope, systemdBus } = await import('../../os/systemd-unit.ts')
  const bus = systemdBus(isRootless, hostUser().uid)
  if (bus === undefined) return
  try {
    await startScope(bus, { ...scope, name: `${name}-${randomHex(4)}.scope` })
  } catch (error) {
    logDebug('no scope from systemd', { name, reason: (error as Error).message })
  }
}
