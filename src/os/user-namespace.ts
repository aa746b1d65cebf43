// The rootless launcher's pause process as seen from TypeScript. Who it is stands in $XDG_RUNTIME_DIR/gantry/pause.pid, written by
// src/userns: pid, start time, inodes of its namespaces.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, errnoOf } from '../base/errors.ts'

let isNested: boolean | undefined

/** Whether we are in another user namespace than the host's first one, whose root has no power over the host. */
export function isUserNamespace(): boolean {
  isNested ??= !isFirstNamespace(readFileSync('/proc/self/uid_map', 'utf8'))
  return isNested
}

/** The text of uid_map there: all ids, each as itself. */
export function isFirstNamespace(uidMap: string): boolean {
  return uidMap.trim().split(/\s+/).join(' ') === '0 0 4294967295'
}

export interface PauseRecord {
  readonly pid: number
  /** Field 22 of /proc/PID/stat: with it a pid is never given twice. */
  readonly startTime: number
}

/** Undefined for what is torn. */
export function parsePauseRecord(text: string): PauseRecord | undefined {
  const [, pid, startTime] = /^(\d+) (\d+) \d+ \d+\n$/.exec(text) ?? []
  return pid === undefined ? undefined : { pid: Number(pid), startTime: Number(startTime) }
}

/** Field 22; the command's name, field 2, may hold blanks and parentheses. */
export function parseStartTime(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
}

/** The pause process that runs, if one does. */
export function findPauseProcess(runtimeFolder: string): PauseRecord | undefined {
  const text = absentAsUndefined(() => readFileSync(join(runtimeFolder, 'gantry', 'pause.pid'), 'utf8'))
  const record = text === undefined ? undefined : parsePauseRecord(text)
  return record !== undefined && isPause(record) ? record : undefined
}

/**
 * Ends the pause process, so that the next command makes its namespaces anew, with the subordinate ids of then. While containers
 * run, their namespaces live on and are found again. Idempotent; false if there was none. Resolves when it is gone.
 */
export async function stopPauseProcess(runtimeFolder: string): Promise<boolean> {
  const record = findPauseProcess(runtimeFolder)
  if (record === undefined) return false
  try {
    process.kill(record.pid, 'SIGKILL')
    // It is not our child: nothing tells of its end.
    while (isPause(record)) await new Promise((resolve) => setTimeout(resolve, 1))
    return true
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false
    throw error
  }
}

function isPause({ pid, startTime }: PauseRecord): boolean {
  const read = (name: string) => absentAsUndefined(() => readFileSync(`/proc/${pid}/${name}`, 'utf8'))
  const stat = read('stat')
  const isDead = stat === undefined || stat.includes(') Z ')
  return !isDead && read('comm') === 'gantry-pause\n' && parseStartTime(stat) === startTime
}
