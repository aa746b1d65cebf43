// Processes by their id.

import { readlinkSync } from 'node:fs'
import { errnoOf } from '../base/errors.ts'

/** SIGKILL; one that is gone, or not ours to kill, is fine. */
export function killQuietly(pid: number): void {
  signalQuietly(pid, 'SIGKILL')
}

/** One that is gone, or not ours to signal, is fine. */
export function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH' && errnoOf(error) !== 'EPERM') throw error
  }
}

export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errnoOf(error) === 'EPERM'
  }
}

/** Undefined for what has ended, or is not ours to look at. */
export function lookQuietly<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'EINVAL'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}

/** The kernel's name of it, as namespaces(7) has it; undefined for who has ended, or is not ours to look at. */
export function namespaceOf(pid: number | string, kind: 'mnt' | 'pid'): string | undefined {
  return lookQuietly(() => readlinkSync(`/proc/${pid}/ns/${kind}`))
}
