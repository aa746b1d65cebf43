// Processes by their id.

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
