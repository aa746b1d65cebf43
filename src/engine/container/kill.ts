// One signal to a container's first process.

import { constants } from 'node:os'
import { killByRuntime } from '../../runtime/kill.ts'
import { isAlive } from '../../runtime/live-state.ts'
import { runtimeOf } from '../../runtime/oci-runtime.ts'
import { resumeByRuntime } from '../../runtime/pause.ts'
import { sendSignal } from '../../runtime/send-signal.ts'
import type { Engine } from '../engine.ts'
import { attachSocketOf } from './control.ts'
import { lockContainer, saveRecordIfRoom, stateImproper } from './lock-container.ts'
import type { ContainerRef } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

export interface KillRequest {
  readonly container: ContainerRef
  /** 1 to 64. */
  readonly signal: number
}

/** Does not wait for what the signal does. @throws conflict `container-state` when the container does not run */
export async function kill(engine: Engine, { container: target, signal }: KillRequest): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  const { id, live, stored } = container
  if (!isAlive(live)) {
    throw stateImproper(`can only kill running containers. ${id} is in state ${live.status}`)
  }
  saveRecordIfRoom(engine, { ...container.record, isStoppedByUser: true })
  const runtime = runtimeOf(engine.at, stored)
  if (!(await sendSignal(attachSocketOf(engine.at, id), signal))) {
    await killByRuntime(runtime, id, { signal, isForAll: false })
  }
  // A frozen process of cgroup v1 does not even die before it is thawed.
  if (live.status === 'paused' && signal === constants.signals.SIGKILL) await resumeByRuntime(runtime, id)
  const attributes = { ...stored.spec.labels, signal: String(signal) }
  engine.events.append({ ...eventSubject(container), status: 'kill', attributes })
}
