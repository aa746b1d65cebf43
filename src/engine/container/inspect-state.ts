// inspect's State: what is true of the container at this instant.

import { isAlive, type LiveState } from '../../runtime/live-state.ts'
import { ociVersion } from '../../spec/to-oci.ts'
import type { Engine } from '../engine.ts'
import { cgroupPathOf } from './cgroup-path.ts'
import type { StoredContainer } from './stored-container.ts'

/** How podman writes a time that never was. */
const never = '0001-01-01T00:00:00Z'

export function inspectState(engine: Engine, container: StoredContainer) {
  const { live, record } = container
  return {
    OciVersion: ociVersion,
    Status: live.status,
    Running: live.status === 'running',
    Paused: live.status === 'paused',
    Restarting: false,
    Dead: false,
    ...inspectProcess(engine, container),
    ...inspectEnd(live),
    StartedAt: live.status === 'created' ? never : live.startedAt,
    Health: null,
    Checkpointed: false,
    CheckpointedAt: never,
    RestoredAt: never,
    CheckpointLog: '',
    CheckpointPath: '',
    RestoreLog: '',
    Restored: false,
    StoppedByUser: record.isStoppedByUser,
  }
}

function inspectProcess(engine: Engine, container: StoredContainer) {
  const { live } = container
  if (!isAlive(live)) return { Pid: 0, ConmonPid: 0, CgroupPath: '' }
  return { Pid: live.pid, ConmonPid: live.monitorPid, CgroupPath: cgroupPathOf(engine, container) ?? '' }
}

function inspectEnd(live: LiveState) {
  if (live.status !== 'exited') return { OOMKilled: false, ExitCode: 0, Error: '', FinishedAt: never }
  const { isOomKilled, exitCode, error = '', finishedAt } = live
  return { OOMKilled: isOomKilled, ExitCode: exitCode, Error: error, FinishedAt: finishedAt }
}
