// Helpers' processes by who they are, not by their pid alone.

import { readFileSync } from 'node:fs'
import { absentAsUndefined, errnoOf } from '../../base/errors.ts'
import { killQuietly } from '../../os/process.ts'
import { parseStartTime } from '../../os/user-namespace.ts'
import type { HelperProcess } from '../container-network.ts'

export type { HelperProcess }

/** None, where it has ended. */
export function identified(pid: number): HelperProcess[] {
  const startTime = startTimeOf(pid)
  return startTime === undefined ? [] : [{ pid, startTime }]
}

/** Idempotent. */
export function endHelper({ pid, startTime }: HelperProcess): void {
  if (startTimeOf(pid) === startTime) killQuietly(pid)
}

export function isHelperAlive({ pid, startTime }: HelperProcess): boolean {
  return startTimeOf(pid) === startTime
}

function startTimeOf(pid: number): number | undefined {
  try {
    const stat = absentAsUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return stat === undefined || stat.includes(') Z ') ? undefined : parseStartTime(stat)
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return undefined
    throw error
  }
}
