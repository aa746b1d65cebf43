// One pod of a manifest: the pod, its volumes, its containers in order; then all are started.

import { defined } from '../../base/defined.ts'
import { EngineError, errorMessage } from '../../base/errors.ts'
import type { PodFacet } from '../../spec/pod.ts'
import { inOwnLockFlow } from '../../state/lock.ts'
import type { ImageOfContainer } from '../container/container-image.ts'
import { create as createContainer } from '../container/create.ts'
import { syncContainers } from '../container/nursery.ts'
import { readStoredContainer } from '../container/stored-container.ts'
import type { Engine } from '../engine.ts'
import { create as createPod } from '../pod/create.ts'
import { isPodGone } from '../pod/find-pod.ts'
import { lockPod, type SharedLock, shareLock } from '../pod/lock-pod.ts'
import { membersOf } from '../pod/members.ts'
import type { PodRecord } from '../pod/pod-record.ts'
import { remove as removePod } from '../pod/remove.ts'
import { startInfraAhead, startWith } from '../pod/start.ts'
import { annotationKeys, badAnnotation } from './annotations.ts'
import { type ContainerRequest, containerSpec } from './container-spec.ts'
import { type FetchedImages, fetchImages } from './fetch-images.ts'
import { invalidManifest } from './fields.ts'
import type { PlayRequest } from './play.ts'
import type { PodFacts } from './pod-facts.ts'
import { type PodWishes, podPlan } from './pod-plan.ts'
import { type PodVolumes, preparePodVolumes, removePodVolumes } from './pod-volumes.ts'
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
  if (!request.isStarted || errors.length > 0) {
    const members = membersOf(engine.at, record.id).map(({ id }) => id)
    await syncContainers(engine.at, members)
  }
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

/** Started, too. A pod that cannot be filled goes again; one that cannot be started stays. */
async function fillPod(engine: Engine, record: PodRecord, request: PodRequest): Promise<Filled> {
  const outcome = await fillAndStart(engine, record, request)
  if (outcome.status === 'filled') return outcome
  try {
    await removePod(engine, { pod: record, isForced: true })
  } catch (error) {
    if (!isPodGone(error)) throw error
  }
  await removePodVolumes(engine, request.pod)
  throw outcome.error
}

/** Registries are waited for before the pod is locked. */
async function fillAndStart(
  engine: Engine,
  record: PodRecord,
  request: PodRequest,
): Promise<({ readonly status: 'filled' } & Filled) | { readonly status: 'failed'; readonly error: unknown }> {
  try {
    const images = await fetchImages(engine, request)
    const locked = await lockPod(engine, record)
    using lock = shareLock(engine, locked)
    const containers = await fillLocked(engine, { ...request, record, images, lock })
    return { status: 'filled', containers, errors: request.isStarted ? await startPod(engine, record, lock) : [] }
  } catch (error) {
    return { status: 'failed', error }
  }
}

type FillRequest = PodRequest & {
  readonly record: PodRecord
  readonly images: FetchedImages
  readonly lock: SharedLock
}

async function fillLocked(engine: Engine, request: FillRequest): Promise<string[]> {
  const { pod, manifest, configMaps, record, lock } = request
  const facts = { pod, id: record.id, configMaps: [...manifest.configMaps, ...configMaps] }
  // What a killed play of this pod left: nobody's now.
  await removePodVolumes(engine, pod)
  // Init containers join no pod that runs.
  const isAhead = request.isStarted && pod.initContainers.length === 0
  const ahead = isAhead ? inOwnLockFlow(async () => startInfraAhead(engine, record, lock)) : undefined
  try {
    const volumes = await preparePodVolumes(engine, facts)
    return await makeContainers(engine, request, { facts, volumes })
  } finally {
    await ahead
  }
}

interface Materials {
  readonly facts: PodFacts
  readonly volumes: PodVolumes
}

/** A sidecar runs before whatever stands behind it. */
async function makeContainers(engine: Engine, request: FillRequest, materials: Materials): Promise<string[]> {
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
 * One after the other where containers name those before them, else at once: they wait for the disk together. Resolves to their ids in the
 * manifest's order. When it throws, nobody is at work any more.
 */
async function makeMembers(
  { containers, annotations }: KubePod,
  make: (container: KubeContainer) => Promise<string>,
): Promise<string[]> {
  const isOrdered = Object.keys(annotations).some((key) => key.startsWith(`${annotationKeys.volumesFrom}/`))
  const making: Promise<string>[] = []
  for (const container of containers) {
    const one = inOwnLockFlow(async () => make(container))
    making.push(one)
    if (isOrdered) await one
  }
  await Promise.allSettled(making)
  return Promise.all(making)
}

function initRole({ annotations }: KubePod): PodFacet['role'] {
  const type = annotations[annotationKeys.initType] || 'once'
  if (type === 'once' || type === 'always') return type
  throw badAnnotation(`${annotationKeys.initType}: init-ctr value must be 'always' or 'once'`)
}

type ContainerMaterials = Materials & Pick<ContainerRequest, 'container' | 'role' | 'requires'>

async function makeContainer(engine: Engine, request: FillRequest, materials: ContainerMaterials): Promise<string> {
  const { log, seccompFolder, createCommand, images } = request
  const isServed = request.serviceId !== undefined
  const spec = await containerSpec(engine, { ...materials, log, seccompFolder, createCommand, isServed })
  const image = images.get(materials.container)
  checkNonRoot(request.pod, materials.container, image)
  const { id } = await createContainer(engine, spec, { isStarted: true, isPodLocked: true, ...defined({ image }) })
  return id
}

/** @throws invalid `manifest-invalid` */
function checkNonRoot(
  pod: KubePod,
  { security, image: reference, name }: KubeContainer,
  image: ImageOfContainer | undefined,
): void {
  if ((security.isNonRoot ?? pod.security.isNonRoot) !== true) return
  const own = security.user ?? pod.security.user
  const user = own === undefined ? (image?.run.user.split(':')[0] ?? '') : String(own)
  if (!['', '0', 'root'].includes(user)) return
  const what =
    own === undefined ? `image ${reference} will run as root` : "container's runAsUser breaks non-root policy"
  throw invalidManifest(`container ${name} has runAsNonRoot and ${what}`)
}

/** podman tells of each container that does not start, and leaves the others running. */
async function startPod(engine: Engine, record: PodRecord, lock: SharedLock): Promise<string[]> {
  try {
    await startWith(engine, record, lock)
    return []
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'pod-partial') throw error
    return error.cause instanceof AggregateError ? error.cause.errors.map(errorMessage) : [error.message]
  }
}
