// --since and --until.

import { dateNs } from '../base/point-in-time.ts'
import type { LogEntry, LogWindow } from './log-entry.ts'

/** The entries after `sinceNs` and before `untilNs`. One whose time cannot be read is kept. */
export function keepWithin(entries: readonly LogEntry[], { sinceNs, untilNs }: LogWindow): readonly LogEntry[] {
  if (sinceNs === undefined && untilNs === undefined) return entries
  return entries.filter(({ time }) => {
    const ns = dateNs(time)
    return ns === undefined || ((sinceNs === undefined || ns > sinceNs) && (untilNs === undefined || ns < untilNs))
  })
}
