// How often the monitor starts a health check: a file that it reads after each one, and a word to it when that must not wait.

import { join } from 'node:path'
import { replaceFile } from '../../os/atomic-file.ts'
import { encodeFrame, frameTypes } from '../../runtime/frames.ts'
import { sendFrame } from '../../runtime/send-frame.ts'
import { activeCheck, type HealthFacet } from '../../spec/health.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { attachSocketOf } from './control.ts'
import type { StartupProgress } from './health-record.ts'

/** Whether the startup check is what runs next. */
export function isStartingUp(health: HealthFacet | undefined, progress: StartupProgress): boolean {
  return health?.startup !== undefined && !progress.isPassed
}

/** Below $RUN; the container's lock is held. */
export function writeInterval(at: Layout, id: string, next: { health: HealthFacet; progress: StartupProgress }): void {
  writeTimer(at, id, intervalMs(next.health, next.progress))
}

/** For one that has two checks: until the next of them is due. As writeInterval. */
export function writeNextDue(at: Layout, id: string, dueMs: number): void {
  writeTimer(at, id, Math.max(1, Math.ceil(dueMs - Date.now())))
}

function writeTimer(at: Layout, id: string, milliseconds: number): void {
  const path = join(paths.runContainer(at, id), containerFiles.run.health)
  replaceFile(path, `${milliseconds}\n`, { temporary: `${path}.tmp`, durable: false })
}

/** The monitor reads the file anew; a check is due at once. One that has gone needs none. */
export async function wakeTimer(at: Layout, id: string): Promise<void> {
  await sendFrame(attachSocketOf(at, id), encodeFrame(frameTypes.health))
}

/** A check that is only run when somebody asks for it holds its startup check, too. */
function intervalMs(health: HealthFacet, progress: StartupProgress): number {
  const check = activeCheck(health)
  if (check === undefined || check.intervalNs === 0) return 0
  const { intervalNs } = isStartingUp(health, progress) ? (health.startup ?? check) : check
  return intervalNs === 0 ? 0 : Math.max(1, Math.round(intervalNs / 1e6))
}
