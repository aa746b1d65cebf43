// Freezing all processes of a container.

import { EngineError } from '../../base/errors.ts'
import { isUnifiedCgroup } from '../../os/cgroup.ts'
import type { Engine } from '../engine.ts'
import { freeze } from './freeze.ts'
import { lockContainer, stateImproper } from './lock-container.ts'
import type { ContainerRef } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

/**
 * @throws conflict `container-state` unless it runs and is not paused; unsupported `pause-unsupported` where an ordinary
 * user has no freezer (cgroup v1)
 */
export async function pause(engine: Engine, target: ContainerRef): Promise<void> {
  if (engine.settings.isRootless && !isUnifiedCgroup()) throw noFreezer()
  using locked = await lockContainer(engine, target)
  const { container } = locked
  const { id, live, record, stored } = container
  if (live.status !== 'running' || record.last.status !== 'started') {
    throw notRunning(id)
  }
  if (!(await freeze(engine, container))) throw notRunning(id)
  engine.events.append({ ...eventSubject(container), status: 'pause', attributes: stored.spec.labels })
}

function notRunning(id: string): EngineError {
  return stateImproper(`"${id}" is not running, can't pause`)
}

function noFreezer(): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'pause-unsupported',
    message: 'pause is not supported for cgroupv1 rootless containers',
    hint: 'Boot with systemd.unified_cgroup_hierarchy=1, or run the container as root.',
  })
}
