// Making a pod: name, cradle, infra container, and only then the pod, by one rename. Killed anywhere, it leaves a cradle that
// nursery.ts sweeps with all that belongs to it.

import { defined } from '../../base/defined.ts'
import { EngineError } from '../../base/errors.ts'
import { type ContainerId, newContainerId, newId } from '../../base/ids.ts'
import { randomName } from '../../base/random-name.ts'
import { isUnifiedCgroup } from '../../os/cgroup.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { labelOfService } from '../../os/own-service.ts'
import { checkCgroupParent } from '../../spec/cgroup.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import { checkLimits, type Limits } from '../../spec/limits.ts'
import type { PodNamespace } from '../../spec/pod.ts'
import type { RestartPolicy } from '../../spec/restart.ts'
import { claimOwner, releaseClaim, takeAwayClaim, tryClaim } from '../../state/claim.ts'
import { type Layout, paths } from '../../state/layout.ts'
import { currentSchema } from '../../state/record.ts'
import { warningsOfLimits } from '../container/check-limits.ts'
import { type CreateOptions, create as createContainer } from '../container/create.ts'
import { checkName } from '../container/name.ts'
import { remove as removeContainer } from '../container/remove.ts'
import type { Engine } from '../engine.ts'
import type { RegistryAccess } from '../image/registry-session.ts'
import { findPod } from './find-pod.ts'
import { isPodPresent, openPodCradle } from './nursery.ts'
import type { ExitPolicy, PodRecord } from './pod-record.ts'
import { remove } from './remove.ts'

export interface PodPlan {
  /** A random one unless given. */
  readonly name?: string
  readonly labels: Readonly<Record<string, string>>
  readonly createCommand: readonly string[]
  /** The pod's name unless given. */
  readonly hostname?: string
  readonly exitPolicy: ExitPolicy
  readonly restart: RestartPolicy
  readonly shares: readonly PodNamespace[]
  /** Its name is the pod's with "-infra" unless given. Undefined: no infra container. */
  readonly infra?: ContainerSpec
  /** Of the service container that is started before it. */
  readonly serviceId?: string
  readonly isGroupShared: boolean
  readonly groupParent?: string
  readonly limits: Limits
  readonly idFile?: string
  /** A pod of that name is removed first. */
  readonly isReplacing?: boolean
  /** Should the infra image have to be pulled. */
  readonly access?: RegistryAccess
}

/** Durable when it resolves; when it throws, nothing is left. @throws already-exists `pod-exists`; as the creation of containers does */
export async function create(engine: Engine, plan: PodPlan): Promise<PodRecord> {
  checkPlan(engine, plan)
  makeFolders(paths.pods(engine.at), 0o700)
  makeFolders(paths.claims(engine.at, 'pod'), 0o700)
  if (plan.isReplacing === true && plan.name !== undefined) await removeOld(engine, plan.name)
  const id = newId()
  const name = await claimPodName(engine, plan.name, id)
  try {
    return await build(engine, plan, recordOf(engine, plan, { id, name }))
  } catch (error) {
    await releaseClaim(engine.at, { kind: 'pod', name, id }, engine.patience)
    throw error
  }
}

function checkPlan({ settings, report }: Engine, { name, groupParent, limits }: PodPlan): void {
  if (name !== undefined) checkName(name)
  checkCgroupParent(groupParent, settings.cgroupManager)
  checkLimits(limits)
  if (Object.keys(limits).length > 0 && settings.cgroupManager === 'systemd' && !isUnifiedCgroup())
    throw limitsNeedUnified()
  for (const message of warningsOfLimits(settings, limits)) report({ type: 'notice', message })
}

function recordOf(engine: Engine, plan: PodPlan, { id, name }: { id: string; name: string }): PodRecord {
  const { labels, createCommand, exitPolicy, restart, shares, isGroupShared, groupParent, serviceId, limits, idFile } =
    plan
  return {
    schema: currentSchema,
    id,
    name,
    createdAt: engine.clock.now(),
    labels,
    createCommand,
    hostname: plan.hostname ?? name,
    exitPolicy,
    restart,
    shares,
    isGroupShared,
    limits,
    cgroupManager: engine.settings.cgroupManager,
    ...defined({ infraId: plan.infra === undefined ? undefined : newContainerId(), serviceId, groupParent, idFile }),
  }
}

async function build(engine: Engine, plan: PodPlan, record: PodRecord): Promise<PodRecord> {
  using cradle = await openPodCradle(engine, record)
  const { infraId: id } = record
  if (plan.infra !== undefined && id !== undefined) {
    // Made durable with the pod.
    const options = { id: id as ContainerId, isStarted: true, ...defined({ access: plan.access }) }
    await createInfra(engine, infraSpec(plan.infra, record), options)
  }
  try {
    await cradle.publish()
  } catch (error) {
    if (id !== undefined) await removeInfra(engine, id)
    throw error
  }
  engine.events.append({ type: 'pod', status: 'create', id: record.id, name: record.name, attributes: record.labels })
  return record
}

/** The user gave no container a name, or not this one. */
async function createInfra(engine: Engine, spec: ContainerSpec, options: CreateOptions): Promise<void> {
  try {
    await createContainer(withoutSteps(engine), spec, options)
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'name-in-use') throw error
    const { kind, code, message } = error
    throw new EngineError({ kind, code, message: `creating the infra container: ${message}`, cause: error })
  }
}

/** Should its image have to be pulled: nobody has asked for that. */
function withoutSteps(engine: Engine): Engine {
  return {
    ...engine,
    report: (report) => {
      if (report.type !== 'step' && report.type !== 'blob-progress') engine.report(report)
    },
  }
}

/** What belongs to the pod is in its record; the infra container gets the rest. */
function infraSpec(spec: ContainerSpec, pod: PodRecord): ContainerSpec {
  const { id, isGroupShared, groupParent } = pod
  const isHostsName = spec.namespaces.uts?.kind === 'host'
  return {
    ...spec,
    name: spec.name ?? `${id.slice(0, 12)}-infra`,
    pod: { id, role: 'infra' },
    labels: { ...spec.labels, ...labelOfService() },
    process: { ...spec.process, ...(isHostsName ? {} : { hostname: pod.hostname }) },
    resources: { sysctls: spec.resources.sysctls },
    restart: pod.restart,
    cgroup: {
      mode: 'enabled',
      ...(groupParent === undefined ? {} : { parent: groupParent }),
      ...(isGroupShared ? { pod: id } : {}),
    },
  }
}

async function removeInfra(engine: Engine, id: string): Promise<void> {
  const container = { id, name: id }
  await removeContainer(engine, { container, isForced: true, removesDependents: true, isPodRemoved: true })
}

async function claimPodName(engine: Engine, wanted: string | undefined, id: string): Promise<string> {
  for (let tries = 0; wanted === undefined && tries < 100; tries += 1) {
    const name = randomName()
    if (isFree(engine.at, name) && tryClaim(engine.at, { kind: 'pod', name, id }, { durable: false })) return name
  }
  const name = wanted ?? id.slice(0, 12)
  while (!tryClaim(engine.at, { kind: 'pod', name, id }, { durable: false })) {
    const owner = claimOwner(engine.at, 'pod', name)
    if (owner === undefined) continue
    if (isPodPresent(engine.at, owner)) throw nameInUse(name)
    await takeAwayClaim(engine.at, { kind: 'pod', name, id: owner }, engine.patience)
  }
  return name
}

function isFree(at: Layout, name: string): boolean {
  return claimOwner(at, 'container', name) === undefined
}

async function removeOld(engine: Engine, name: string): Promise<void> {
  const old = findPod(engine.at, name)
  if (old !== undefined) await remove(engine, { pod: old, isForced: true })
}

function nameInUse(name: string): EngineError {
  return new EngineError({
    kind: 'already-exists',
    code: 'pod-exists',
    message: `adding pod to state: name "${name}" is in use: pod already exists`,
    hint: 'Take another name, or use --replace.',
  })
}

function limitsNeedUnified(): EngineError {
  return new EngineError({
    kind: 'unsupported',
    code: 'pod-limits-systemd',
    message: 'limits of a pod by systemd need cgroup v2',
    hint: 'Make the pod with: --cgroup-manager cgroupfs',
  })
}
