// The time between two reports of a command that shows something again and again.

import { setTimeout } from 'node:timers/promises'

/** False when it was interrupted: that is how the user ends such a command. */
export async function untilNextReport(seconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await setTimeout(seconds * 1000, undefined, { signal })
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
