// What an unhealthy container has to expect.

import { constants } from 'node:os'
import type { HealthAction } from '../../spec/health.ts'
import type { Engine } from '../engine.ts'
import { endWithin, openControl } from './control.ts'
import { isContainerGone, isStateImproper } from './lock-container.ts'
import { stop } from './stop.ts'
import type { ContainerRef } from './stored-container.ts'

const killPatienceMs = 10_000

/** When it resolves the container has ended; one that is to be restarted is so by its monitor's exit command. Idempotent. */
export async function actOnHealth(engine: Engine, container: ContainerRef, action: HealthAction): Promise<void> {
  try {
    if (action === 'kill') await killAndWait(engine, container)
    else if (action !== 'none') await stop(engine, { container, isLeftToMonitor: action === 'restart' })
  } catch (error) {
    // Somebody was faster.
    if (!isContainerGone(error) && !isStateImproper(error)) throw error
  }
}

async function killAndWait(engine: Engine, container: ContainerRef): Promise<void> {
  const { kill } = await import('./kill.ts')
  const control = openControl(engine.at, container.id)
  try {
    await kill(engine, { container, signal: constants.signals.SIGKILL })
    if (control !== undefined) await endWithin(control, killPatienceMs)
  } finally {
    control?.leave()
  }
}
