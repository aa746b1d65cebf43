// One health check: a process in its container, or a probe over its network.

import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { type HealthCheck, healthCommand } from '../../spec/health.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { runWithin } from './run-within.ts'
import type { StoredContainer } from './stored-container.ts'

export interface ProbeResult {
  readonly isSuccess: boolean
  readonly isTimedOut: boolean
  readonly output: string
}

/** The probe lock is held. @throws conflict `container-state` when the container does not run */
export async function runProbe(engine: Engine, container: StoredContainer, check: HealthCheck): Promise<ProbeResult> {
  if (check.probe?.kind === 'always') return { isSuccess: true, isTimedOut: false, output: '' }
  if (check.probe !== undefined && isAlive(container.live)) {
    const { runNetworkProbe } = await import('./network-probe.ts')
    return runNetworkProbe(check.probe, { pid: container.live.pid, timeoutMs: check.timeoutNs / 1e6 })
  }
  const folder = join(paths.runContainer(engine.at, container.id), containerFiles.run.probe)
  const timeoutMs = check.timeoutNs / 1e6
  try {
    const request = { command: healthCommand(check), folder, timeoutMs }
    const { exitCode, isTimedOut, output } = await runWithin(engine, container, request)
    return { isSuccess: exitCode === 0 && !isTimedOut, isTimedOut, output }
  } catch (error) {
    if (!isOfRuntime(error)) throw error
    return { isSuccess: false, isTimedOut: false, output: error.message }
  }
}

/** A command that is not there, or cannot be executed, is a check that fails. */
function isOfRuntime(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code.startsWith('oci-')
}
