// inspect's State: what is true of the container at this instant.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, type LiveState } from '../../runtime/live-state.ts'
import { activeCheck } from '../../spec/health.ts'
import { ociVersion } from '../../spec/to-oci.ts'
import { checkpointFiles, paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import { cgroupPathOf } from './cgroup-path.ts'
import { healthResults } from './health-log.ts'
import { readHealth } from './health-record.ts'
import { isReady } from './readiness.ts'
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
    Health: inspectHealth(engine, container),
    ...inspectCheckpoint(engine, container),
    StoppedByUser: record.isStoppedByUser,
  }
}

function inspectHealth({ at }: Engine, container: StoredContainer) {
  const { id, stored } = container
  if (activeCheck(stored.spec.health) === undefined) return null
  const record = readHealth(at, id)
  const ready = stored.spec.health?.readiness === undefined ? {} : { Ready: isReady(at, container) }
  return { ...(record === undefined ? { Status: '', FailingStreak: 0, Log: null } : healthResults(record)), ...ready }
}

/** Its files are told of as long as they are there. */
function inspectCheckpoint({ at }: Engine, { id, live }: StoredContainer) {
  const checkpointedAt = live.status === 'exited' ? live.checkpointedAt : undefined
  const restoredAt = live.status === 'created' ? undefined : live.restoredAt
  const shown = (name: string) => {
    const path = join(paths.criu(at, id), name)
    return existsSync(path) ? path : ''
  }
  return {
    Checkpointed: checkpointedAt !== undefined,
    CheckpointedAt: checkpointedAt ?? never,
    RestoredAt: restoredAt ?? never,
    CheckpointLog: shown(checkpointFiles.dumpLog),
    CheckpointPath: shown(checkpointFiles.images),
    RestoreLog: shown(checkpointFiles.restoreLog),
    Restored: restoredAt !== undefined && checkpointedAt === undefined,
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
