// A further process in a container, by its runtime's `exec`, with its output kept: health checks, lifecycle hooks. What it leaves lies in one
// folder, so that the next one finds what a killed one has left, its processes too.

import { join } from 'node:path'
import { writeNewFile } from '../../os/atomic-file.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { namespaceOf } from '../../os/process.ts'
import { killTree } from '../../os/process-tree.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { execPid, execWithin, type TimedEnd } from '../../runtime/exec-within.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { printOci } from '../../spec/oci-text.ts'
import type { Engine } from '../engine.ts'
import { planExec } from './exec-session.ts'
import type { StoredContainer } from './stored-container.ts'

export interface WithinRequest {
  readonly command: readonly string[]
  /** Its own, in the container's run folder: nobody else uses it meanwhile. Gone at the end. */
  readonly folder: string
  readonly timeoutMs: number
}

/** @throws conflict `container-state` when the container does not run; what runtimeError makes of the runtime's words */
export async function runWithin(
  engine: Engine,
  container: StoredContainer,
  { command, folder, timeoutMs }: WithinRequest,
): Promise<TimedEnd> {
  sweepEarlier(folder, container)
  try {
    const { process, callFilter, containerPid } = planExec(engine, { container, command, ...plainRequest })
    makeFolders(folder, 0o700)
    const processFile = join(folder, 'process.json')
    writeNewFile(processFile, printOci(process), { durable: false })
    const runtime = runtimeOf(engine.at, container.stored)
    return await execWithin({
      runtime,
      id: container.id,
      containerPid,
      processFile,
      folder,
      filter: callFilter,
      timeoutMs,
    })
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

/** Kills what a killed one has left in the container. */
function sweepEarlier(folder: string, { live }: StoredContainer): void {
  const pid = execPid(folder)
  if (pid !== undefined && isAlive(live) && isInside(pid, live.pid)) killTree(pid)
  removeTree(folder)
}

/** Of the container: the number may be another's by now. */
function isInside(pid: number, containerPid: number): boolean {
  const space = namespaceOf(pid, 'mnt')
  return pid !== containerPid && space !== undefined && space === namespaceOf(containerPid, 'mnt')
}
