// The process of one health check: a runtime's `exec` with its output kept. What it leaves lies in one folder, so that the next one finds
// what a killed one has left, its processes too.

import { mkdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined, EngineError } from '../../base/errors.ts'
import { writeNewFile } from '../../os/atomic-file.ts'
import { killTree } from '../../os/process-tree.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { execPid, execWithin } from '../../runtime/exec-within.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { type HealthCheck, healthCommand } from '../../spec/health.ts'
import { printOci } from '../../spec/oci-text.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { planExec } from './exec-session.ts'
import type { StoredContainer } from './stored-container.ts'

export interface ProbeResult {
  readonly isSuccess: boolean
  readonly isTimedOut: boolean
  readonly output: string
}

/** The probe lock is held. @throws conflict `container-state` when the container does not run */
export async function runProbe(engine: Engine, container: StoredContainer, check: HealthCheck): Promise<ProbeResult> {
  const folder = join(paths.runContainer(engine.at, container.id), containerFiles.run.probe)
  sweepProbe(folder, container)
  try {
    const { process, callFilter } = planExec(engine, { container, command: healthCommand(check), ...plainRequest })
    mkdirSync(folder, { mode: 0o700 })
    const processFile = join(folder, 'process.json')
    writeNewFile(processFile, printOci(process), { durable: false })
    const runtime = runtimeOf(engine.at, container.stored)
    const request = { runtime, id: container.id, processFile, folder, filter: callFilter }
    const { exitCode, isTimedOut, output } = await execWithin({ ...request, timeoutMs: check.timeoutNs / 1e6 })
    return { isSuccess: exitCode === 0 && !isTimedOut, isTimedOut, output }
  } catch (error) {
    if (!isOfRuntime(error)) throw error
    return { isSuccess: false, isTimedOut: false, output: error.message }
  } finally {
    removeTree(folder)
  }
}

const plainRequest = {
  environment: [],
  isPrivileged: false,
  hasTerminal: false,
  isStdinOpen: false,
  preservedFds: [],
} as const

/** A command that is not there, or cannot be executed, is a check that fails. */
function isOfRuntime(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code.startsWith('oci-')
}

/** Kills what a killed check has left in the container. */
function sweepProbe(folder: string, { live }: StoredContainer): void {
  const pid = execPid(folder)
  if (pid !== undefined && isAlive(live) && isInside(pid, live.pid)) killTree(pid)
  removeTree(folder)
}

/** Of the container: the number may be another's by now. */
function isInside(pid: number, containerPid: number): boolean {
  const spaces = [pid, containerPid].map((one) => absentAsUndefined(() => readlinkSync(`/proc/${one}/ns/mnt`)))
  return pid !== containerPid && spaces[0] !== undefined && spaces[0] === spaces[1]
}
