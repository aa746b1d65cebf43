// What verbs tell while they work, on stderr: warnings and lock waits as lines, blobs as bars on a terminal.

import type { Report } from '../../base/report.ts'
import { complain } from './print.ts'
import { blobProgress, clearBars } from './progress.ts'

let isQuiet = false

/** --quiet: steps and progress are not shown; warnings are. */
export function silenceProgress(): void {
  isQuiet = true
}

export function render(report: Report): void {
  switch (report.type) {
    case 'warning':
      return sayLine(`WARN: ${report.message}`)
    case 'notice':
      return sayLine(report.message)
    case 'step':
      return isQuiet ? undefined : sayLine(report.message)
    case 'blob-progress':
      return isQuiet ? undefined : blobProgress(report)
    case 'lock-wait':
      return sayLine(lockWaitLine(report))
  }
}

/** `waiting for container web: held for 12 s by pid 123 'gantry stop'` */
function lockWaitLine({ label, holder, waitedMs }: Extract<Report, { type: 'lock-wait' }>, now = Date.now()): string {
  if (holder === undefined) return `waiting for ${label} for ${Math.round(waitedMs / 1000)} s`
  const heldSeconds = Math.max(0, Math.round((now - Date.parse(holder.since)) / 1000))
  return `waiting for ${label}: held for ${heldSeconds} s by pid ${holder.pid} \`${holder.command}\``
}

function sayLine(line: string): void {
  clearBars()
  complain(`${line}\n`)
}
