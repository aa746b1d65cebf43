// What the first command after a boot sets off: containers whose restart policy says so are started by a process of their own, so that no
// command waits for them. Every command comes by here: two small reads.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { absentAsUndefined, errorMessage } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import { replaceFile } from '../../os/atomic-file.ts'
import { bootId } from '../../os/boot-id.ts'
import { gantryCommand } from '../../os/installation.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { isLockHeld } from '../../state/lock.ts'
import type { Engine } from '../engine.ts'

/** Starts `boot start` and does not wait for it, once a boot. Where there are no containers that is done by saying so. */
export async function beginAfterBoot(engine: Engine): Promise<void> {
  const { at, settings } = engine
  if (isBootDone(at)) return
  if (!hasContainers(at)) return markBootDone(at)
  if (isLockHeld(paths.bootLock(at))) return
  const { inheritedEnvironment } = await import('../container/monitor-request.ts')
  const { spawn } = process.getBuiltinModule('node:child_process')
  const entries = inheritedEnvironment().map((entry) => entry.split(/=(.*)/s, 2) as [string, string])
  const env = Object.fromEntries(entries)
  spawn(gantryCommand, [...settings.globalFlags, 'boot', 'start'], { detached: true, stdio: 'ignore', env }).unref()
}

/** Whether that has been done in this boot. */
export function isBootDone(at: Layout): boolean {
  return absentAsUndefined(() => readFileSync(paths.bootMark(at), 'utf8')) === bootId()
}

/** A full disk stops nobody: the next command looks again. */
export function markBootDone(at: Layout): void {
  try {
    replaceFile(paths.bootMark(at), bootId(), { durable: false })
  } catch (error) {
    logDebug('the boot could not be marked as done', { error: errorMessage(error) })
  }
}

function hasContainers(at: Layout): boolean {
  return existsSync(paths.containers(at)) && readdirSync(paths.containers(at)).length > 0
}
