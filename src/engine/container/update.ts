// Changing a container that is there: its limits, its restart policy, its environment, its health checks. What is durable comes first: killed in between, the
// container runs with the old limits until it is started or updated again, and nothing is half.

import { defined } from '../../base/defined.ts'
import { invalid } from '../../base/errors.ts'
import { isAlive } from '../../runtime/live-state.ts'
import type { CompleteSpec } from '../../spec/container-spec.ts'
import type { HealthFacet } from '../../spec/health.ts'
import type { HealthChanges } from '../../spec/health-update.ts'
import { checkLimits } from '../../spec/limits.ts'
import { nextUpdate, type SpecUpdate, updatedSpec } from '../../spec/update.ts'
import type { Engine } from '../engine.ts'
import { applyLimits } from './apply-limits.ts'
import { checkHostLimits, warningsOfLimits } from './check-limits.ts'
import { lockContainer, saveRecord } from './lock-container.ts'
import type { ContainerRef, StoredContainer } from './stored-container.ts'
import { eventSubject } from './sweep.ts'

export interface RequestedUpdate extends Omit<SpecUpdate, 'health'> {
  readonly healthChanges?: HealthChanges
}

/**
 * Running or not; when it throws the container is as it was. Limits that are not asked for stay. A changed environment is that of exec
 * sessions at once, of the first process after a restart.
 * @throws invalid for limits that contradict each other or the host, `restart-conflict`; the runtime's errors
 */
export async function update(
  engine: Engine,
  target: ContainerRef,
  { healthChanges, ...others }: RequestedUpdate,
): Promise<void> {
  using locked = await lockContainer(engine, target)
  const { container } = locked
  const { record, stored, live } = container
  const health = await healthAfter(stored.spec, healthChanges)
  const asked = { ...others, ...defined({ health }) }
  const next = nextUpdate(stored.spec, record.update ?? {}, asked)
  const spec = updatedSpec(stored.spec, next)
  check(engine, spec, asked)
  saveRecord(engine, { ...record, update: { ...next } })
  try {
    if (isAlive(live) && asked.limits !== undefined)
      await applyLimits(engine, { ...container, stored: { ...stored, spec } })
    if (health !== undefined && isAlive(live) && live.status !== 'initialized') {
      const { renewHealth } = await import('./renew-health.ts')
      await renewHealth(engine, container.id, { before: stored.spec.health, after: health })
    }
  } catch (error) {
    await undo(engine, container)
    throw error
  }
  engine.events.append({ ...eventSubject(container), status: 'update', attributes: stored.spec.labels })
}

async function healthAfter(spec: CompleteSpec, changes: HealthChanges | undefined): Promise<HealthFacet | undefined> {
  if (changes === undefined) return undefined
  const { changedHealth } = await import('../../spec/health-update.ts')
  return changedHealth(spec.health, changes)
}

function check({ settings, report }: Engine, { isAutoRemoved, ...spec }: CompleteSpec, asked: SpecUpdate): void {
  if (asked.limits !== undefined) {
    checkLimits(spec.resources)
    checkHostLimits(settings, spec.resources)
    for (const message of warningsOfLimits(settings, asked.limits)) report({ type: 'warning', message })
  }
  const isRestarted = asked.restart !== undefined && !['no', 'on-failure'].includes(asked.restart.policy)
  if (!isAutoRemoved || !isRestarted) return
  throw invalid('restart-conflict', 'a container that is removed at its end (--rm) cannot be restarted')
}

/** The runtime may have set some of it. */
async function undo(engine: Engine, container: StoredContainer): Promise<void> {
  saveRecord(engine, container.record)
  try {
    await applyLimits(engine, container)
  } catch {
    // Told of already: the first error says what could not be set.
  }
}
