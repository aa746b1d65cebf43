// A container that needs others, and not before their startup checks say so: a manifest's containers behind its sidecars.

import { EngineError } from '../../base/errors.ts'
import type { Engine } from '../engine.ts'
import { isBeforeStartup } from './health-record.ts'
import { readStoredContainer } from './stored-container.ts'
import { wait } from './wait.ts'

/** Returns at once for one without a startup check. No lock is held. @throws conflict `startup-failed` when it ends first */
export async function awaitStartup(engine: Engine, id: string): Promise<void> {
  const container = readStoredContainer(engine.at, id)
  if (container === undefined || !isBeforeStartup(engine.at, container)) return
  await wait(engine, { container, conditions: ['healthy', 'unhealthy', 'stopped', 'exited'] })
  const now = readStoredContainer(engine.at, id)
  if (now?.live.status !== 'running') throw startupFailed(container.name)
}

export function startupFailed(name: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'startup-failed',
    message: `container ${name} ended before its startup check passed`,
    hint: `See what it said: gantry logs ${name}`,
  })
}
