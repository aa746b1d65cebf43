// One pod of a manifest: the pod, its volumes, its containers in order; then all are started.

import { EngineError, errorMessage } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'
import { syncAll } from '../../os/atomic-file.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import type { PodFacet } from '../../spec/pod.ts'
import { paths } from '../../state/layout.ts'
import { inOwnLockFlow } from '../../state/lock.ts'
import { imageOfContainer } from '../container/container-image.ts'
import { create as createContainer } from '../container/create.ts'
import { readStoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import type { RegistryAccess } from '../image/registry-session.ts'
import { create as createPod } from '../pod/create.ts'
import { lockPod } from '../pod/lock-pod.ts'
import type { PodRecord } from '../pod/pod-record.ts'
import { remove as removePod } from '../pod/remove.ts'
import { startInfraAhead, startLocked } from '../pod/start.ts'
import { annotationKeys, badAnnotation } from './annotations.ts'
import { type ContainerRequest, containerSpec } from './container-spec.ts'
import { invalidManifest } from './fields.ts'
import type { PlayRequest } from './play.ts'
import type { PodFacts } from './pod-facts.ts'
import { type PodWishes, podPlan } from './pod-plan.ts'
import { type PodVolumes, preparePodVolumes, removePodVolumes } from './pod-volumes.ts'
import { openPullAccess } from './pull-secrets.ts'
import type { KubeContainer } from './read-container.ts'
import type { KubePod } from './read-pod.ts'

export interface PlayedPod {
  readonly id: string
  /** Ids, without those of init containers. */
  readonly containers: readonly string[]
  /** What kept containers from being started. */
  readonly errors: readonly string[]
  /** Some of its containers have told when they were ready, and nobody else has heard it. */
  readonly isAwaited: boolean
}

export type PodRequest = PlayRequest &
  PodWishes & {
    readonly pod: KubePod
    /** Images that this play has looked for. */
    readonly pulled: Set<string>
  }

/** @throws as play */
export async function playPod(engine: Engine, request: PodRequest): Promise<PlayedPod> {
  const { pod } = request
  if (request.isReplacing) {
    const { removeNamesakes } = await import('./remove-namesakes.ts')
    await removeNamesakes(engine, pod)
  }
  const record = await createPod(engine, podPlan(engine, pod, request))
  const { containers, errors } = await fillPod(engine, record, request)
  // A start makes durable what it starts.
  if (!request.isStarted || errors.length > 0) await syncAll([paths.containers(engine.at)])
  const isAwaited = errors.length === 0 && request.isStarted && (await awaitContainers(engine, containers))
  return { id: record.id, containers, errors, isAwaited }
}

/** Whether there are such. */
async function awaitContainers(engine: Engine, ids: readonly string[]): Promise<boolean> {
  const awaited = ids.flatMap((id) => {
    const notify = readStoredContainer(engine.at, id)?.stored.spec.notify
    return notify?.isAwaited === true ? [{ id, mode: notify.mode }] : []
  })
  if (awaited.length === 0) return false
  const { awaitReady } = await import('./service.ts')
  // A monitor's word is the start, and for a health check the start waits.
  await Promise.all(awaited.filter(({ mode }) => mode === 'container').map(async ({ id }) => awaitReady(engine, id)))
  return true
}

type Filled = Pick<PlayedPod, 'containers' | 'errors'>

/** Started, too, under one lock. A pod that cannot be filled goes again; one that cannot be started stays. */
async function fillPod(engine: Engine, record: PodRecord, request: PodRequest): Promise<Filled> {
  const outcome = await fillAndStart(engine, record, request)
  if (outcome.status === 'filled') return outcome
  await removePod(engine, { pod: record, isForced: true })
  await removePodVolumes(engine, request.pod)
  throw outcome.error
}

async function fillAndStart(
  engine: Engine,
  record: PodRecord,
  request: PodRequest,
): Promise<({ readonly status: 'filled' } & Filled) | { readonly status: 'failed'; readonly error: unknown }> {
  using locked = await lockPod(engine, record)
  let containers: string[]
  try {
    containers = await fillLocked(engine, locked.pod, request)
  } catch (error) {
    return { status: 'failed', error }
  }
  return { status: 'filled', containers, errors: request.isStarted ? await startPod(engine, locked.pod) : [] }
}

async function fillLocked(engine: Engine, record: PodRecord, request: PodRequest): Promise<string[]> {
  const { pod, manifest, configMaps } = request
  const facts = { pod, id: record.id, configMaps: [...manifest.configMaps, ...configMaps] }
  // What a killed play of this pod left: nobody's now.
  await removePodVolumes(engine, pod)
  // Init containers join no pod that runs.
  const isAhead = request.isStarted && pod.initContainers.length === 0
  const ahead = isAhead ? inOwnLockFlow(async () => startInfraAhead(engine, record)) : undefined
  try {
    using pulling = await openPullAccess(engine, pod, request.access)
    const volumes = await preparePodVolumes(engine, facts, pulling.access)
    return await makeContainers(engine, { ...request, access: pulling.access }, { facts, volumes })
  } finally {
    await ahead
  }
}

interface Materials {
  readonly facts: PodFacts
  readonly volumes: PodVolumes
}

/** A sidecar runs before whatever stands behind it. */
async function makeContainers(engine: Engine, request: PodRequest, materials: Materials): Promise<string[]> {
  const { initContainers } = request.pod
  const requires: string[] = []
  for (const container of initContainers) {
    const role = container.isSidecar ? 'member' : initRole(request.pod)
    const id = await makeContainer(engine, request, { ...materials, container, role, requires: [...requires] })
    if (container.isSidecar) requires.push(id)
  }
  const make = async (container: KubeContainer) =>
    makeContainer(engine, request, { ...materials, container, role: 'member', requires })
  return makeMembers(request.pod, make)
}

/**
 * One after the other as long as there are images to look for, or containers that name those before them; the others at once: they wait for
 * the disk together. Resolves to their ids in the manifest's order. When it throws, nobody is at work any more.
 */
async function makeMembers(
  { containers, annotations }: KubePod,
  make: (container: KubeContainer) => Promise<string>,
): Promise<string[]> {
  const isOrdered = Object.keys(annotations).some((key) => key.startsWith(`${annotationKeys.volumesFrom}/`))
  const seen = new Set<string>()
  const ids = new Map<KubeContainer, Promise<string>>()
  const later: KubeContainer[] = []
  for (const container of containers) {
    if (seen.has(container.image) && !isOrdered) later.push(container)
    else ids.set(container, Promise.resolve(await make(container)))
    seen.add(container.image)
  }
  for (const container of later)
    ids.set(
      container,
      inOwnLockFlow(async () => make(container)),
    )
  await Promise.allSettled(ids.values())
  return Promise.all(containers.map(async (container) => ids.get(container) as Promise<string>))
}

function initRole({ annotations }: KubePod): PodFacet['role'] {
  const type = annotations[annotationKeys.initType] || 'once'
  if (type === 'once' || type === 'always') return type
  throw badAnnotation(`${annotationKeys.initType}: init-ctr value must be 'always' or 'once'`)
}

type ContainerMaterials = Materials & Pick<ContainerRequest, 'container' | 'role' | 'requires'>

async function makeContainer(engine: Engine, request: PodRequest, materials: ContainerMaterials): Promise<string> {
  const { log, seccompFolder, createCommand, access } = request
  const isServed = request.serviceId !== undefined
  const asked = await containerSpec(engine, { ...materials, log, seccompFolder, createCommand, isServed })
  const spec = { ...asked, source: onceOf(asked.source, request.pulled) }
  const { source } = spec
  if (asked.source.kind === 'image') logDebug(`Pulling image ${asked.source.reference} (policy: ${asked.source.pull})`)
  await checkNonRoot(engine, { pod: request.pod, container: materials.container, access })
  // For one that is there already, nobody waits for a registry.
  const isPatient = source.kind !== 'image' || source.pull !== 'newer'
  const retry = { ...(isPatient ? {} : { retries: 0 }), ...access.retry }
  const { id } = await createContainer(engine, spec, {
    access: { ...access, retry },
    isStarted: true,
    isPodLocked: true,
  })
  return id
}

/** What one container has looked for, its play has. For a newer one of what was built here, nobody is asked. */
function onceOf(source: ContainerSpec['source'], pulled: Set<string>): ContainerSpec['source'] {
  if (source.kind !== 'image' || source.pull === 'never') return source
  const isBuiltHere = source.pull === 'newer' && source.reference.startsWith('localhost/')
  if (isBuiltHere || pulled.has(source.reference)) return { ...source, pull: 'missing' }
  pulled.add(source.reference)
  return source
}

interface UserCheck {
  readonly pod: KubePod
  readonly container: KubeContainer
  readonly access: RegistryAccess
}

/** @throws invalid `manifest-invalid` */
async function checkNonRoot(engine: Engine, { pod, container, access }: UserCheck): Promise<void> {
  const { security, image, name } = container
  if ((security.isNonRoot ?? pod.security.isNonRoot) !== true) return
  const own = security.user ?? pod.security.user
  const user = own === undefined ? await imagesUser(engine, container, access) : String(own)
  if (!['', '0', 'root'].includes(user)) return
  const what = own === undefined ? `image ${image} will run as root` : "container's runAsUser breaks non-root policy"
  throw invalidManifest(`container ${name} has runAsNonRoot and ${what}`)
}

async function imagesUser(engine: Engine, container: KubeContainer, access: RegistryAccess): Promise<string> {
  const source = { kind: 'image', reference: container.image, pull: container.pull ?? 'missing' } as const
  const { run } = await imageOfContainer(engine, source, access)
  return run.user.split(':')[0] ?? ''
}

/** podman tells of each container that does not start, and leaves the others running. The pod's lock is held. */
async function startPod(engine: Engine, record: PodRecord): Promise<string[]> {
  try {
    await startLocked(engine, record)
    return []
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'pod-partial') throw error
    return error.cause instanceof AggregateError ? error.cause.errors.map(errorMessage) : [error.message]
  }
}
