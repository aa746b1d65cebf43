// For what another process or thread brings about, and nobody tells of.

import { setTimeout as delay } from 'node:timers/promises'

const patienceMs = 20_000

/** What throws is not so yet. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (!(await holds(isSo))) {
    if (Date.now() > deadline) throw new Error('it never came')
    await delay(20)
  }
}

async function holds(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await isSo()
  } catch {
    return false
  }
}
