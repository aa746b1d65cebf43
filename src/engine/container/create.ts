// Creating: image, defaults, name, then one folder that is built aside and renamed in. Killed anywhere, it leaves a cradle and perhaps
// a claim, which nursery-leftovers.ts sweeps.

import { chmodSync, chownSync, mkdirSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { defined } from '../../base/defined.ts'
import type { Digest } from '../../base/digest.ts'
import { absentAsUndefined, invalid } from '../../base/errors.ts'
import { type ContainerId, newContainerId } from '../../base/ids.ts'
import type { Event } from '../../event/journal.ts'
import { syncAll } from '../../os/atomic-file.ts'
import { isUnifiedCgroup } from '../../os/cgroup.ts'
import { completeSpec } from '../../spec/complete.ts'
import type { CompleteSpec, ContainerSpec } from '../../spec/container-spec.ts'
import type { Limits } from '../../spec/limits.ts'
import { imageMounts } from '../../spec/mounts.ts'
import type { StoredSpec } from '../../spec/stored-spec.ts'
import { defaultUser, idMappings } from '../../spec/user-namespace.ts'
import type { ContainerRecord } from '../../state/container-record.ts'
import { containerFiles, type Layout } from '../../state/layout.ts'
import { currentSchema } from '../../state/record.ts'
import { layerDiff } from '../../storage/layer-record.ts'
import type { Engine } from '../engine.ts'
import type { RegistryAccess } from '../image/registry-session.ts'
import { checkComplete } from './check-complete.ts'
import { warningsOfLimits } from './check-limits.ts'
import { checkImageStays, type ImageOfContainer, imageOfContainer } from './container-image.ts'
import { claimExtras, resolveExtras } from './create-extras.ts'
import { layersFor } from './mapped-layers.ts'
import { checkName, claimName, claimRandomName } from './name.ts'
import { type Cradle, openCradle, pathsOfContainer } from './nursery.ts'
import { withOwnIds } from './own-ids.ts'
import { resolveJoined } from './resolve-joined.ts'
import { defaultNetworkMode, resolveNetwork } from './resolve-network.ts'
import { userSituation } from './user-situation.ts'

export interface CreateOptions {
  /** --replace: a container of the same name is stopped and removed first. */
  readonly isReplacing?: boolean
  /** How to reach a registry, should the image have to be pulled. */
  readonly access?: RegistryAccess
  /** Of the front door's, told with those of creation. */
  readonly warnings?: readonly string[]
  /** A new one unless given; no container has it. */
  readonly id?: ContainerId
  /** It is started at once, and made durable beside that: what pathsOfContainer lists is the caller's to sync where it is not. */
  readonly isStarted?: boolean
  /** Who asks holds the lock of the pod that it is made in. */
  readonly isPodLocked?: boolean
  /** The image, by whom it was looked for already. */
  readonly image?: ImageOfContainer
}

export interface CreatedContainer {
  readonly id: ContainerId
  readonly name: string
  /** What the user should know; reported already. */
  readonly warnings: readonly string[]
}

/**
 * Durable when it resolves; when it throws, nothing is left.
 * @throws already-exists `name-in-use`; not-found `image-unknown`; invalid for what contradicts itself; what a pull throws
 */
export async function create(
  engine: Engine,
  spec: ContainerSpec,
  options: CreateOptions = {},
): Promise<CreatedContainer> {
  const named = { ...spec, ...(spec.name === undefined ? {} : { name: checkName(spec.name) }) }
  const image = await imageOf(engine, named, options)
  if (named.pod !== undefined && named.pod.role !== 'infra') {
    const { createInPod } = await import('../pod/create-in-pod.ts')
    const make = async (wanted: ContainerSpec) => createFrom(engine, { wanted, image }, options)
    return createInPod(engine, named, { make, isPodLocked: options.isPodLocked === true })
  }
  return createFrom(engine, { wanted: named, image }, options)
}

interface Materials {
  readonly wanted: ContainerSpec
  readonly image: ImageOfContainer | undefined
}

async function createFrom(
  engine: Engine,
  { wanted, image }: Materials,
  options: CreateOptions,
): Promise<CreatedContainer> {
  const inNetworks = resolveNetwork(engine, await resolveJoined(engine, wanted), image?.run.exposedPorts ?? [])
  const joined = await resolveExtras(engine, inNetworks, image)
  await checkRuntime(engine, wanted)
  await checkVendorDevices(engine, wanted)
  const complete = (name: string) => completeFor(engine, { ...joined, name }, image)
  const plan = { name: wanted.name, complete, image, limits: wanted.resources, ...defined({ id: options.id }) }
  return createComplete(engine, plan, options)
}

/** A container of which nothing is left to be decided but its name and id. */
export interface ContainerPlan {
  /** A random one unless given. */
  readonly name: string | undefined
  readonly complete: (name: string) => CompleteSpec
  readonly image: ImageOfContainer | undefined
  /** Those that were asked for: who asks is told when the host cannot keep them. */
  readonly limits: Limits
  /** A new one unless given; no container has it. */
  readonly id?: ContainerId
}

/** As `create`, of what is complete. */
export async function createComplete(
  engine: Engine,
  { name: wanted, complete, image, limits, id = newContainerId() }: ContainerPlan,
  options: CreateOptions = {},
): Promise<CreatedContainer> {
  // Contradictions are found before anything is made or replaced.
  const spec = complete(wanted ?? 'x')
  // Told at creation, for nobody reads what a detached start prints.
  const warnings = [...(options.warnings ?? []), ...warningsOfLimits(engine.settings, limits)]
  checkComplete(engine, spec)
  if (options.isReplacing === true && wanted !== undefined) await removeOld(engine, wanted, spec.pod)
  using cradle = await openCradle(engine, id)
  const name = await claim(engine, wanted, id)
  try {
    await publish(engine, cradle, { id, spec: complete(name), image })
    if (options.isStarted !== true) await syncAll(pathsOfContainer(engine.at, id))
  } catch (error) {
    await releaseName(engine, name, id)
    throw error
  }
  const subject = { type: 'container', id, name, ...defined({ image: image?.name, podId: spec.pod?.id }) } as const
  const data = await inspectDataOf(engine, id)
  engine.events.append({ ...subject, ...data, status: 'create', attributes: spec.labels })
  for (const message of warnings) engine.report({ type: 'notice', message })
  return { id, name, warnings }
}

async function inspectDataOf(engine: Engine, id: string): Promise<Pick<Event, 'inspectData'>> {
  if (!engine.settings.eventsTellInspectData) return {}
  return defined({ inspectData: (await import('./inspect-data.ts')).inspectData(engine, id) })
}

async function checkRuntime(engine: Engine, spec: ContainerSpec): Promise<void> {
  if (spec.process.personality === undefined) return
  const { checkPersonality } = await import('./check-personality.ts')
  await checkPersonality(engine, spec)
}

async function checkVendorDevices({ settings }: Engine, { devices }: ContainerSpec): Promise<void> {
  if (devices.cdi === undefined) return
  const { resolveCdi } = await import('./cdi-devices.ts')
  await resolveCdi(settings.cdiFolders, devices.cdi)
}

async function imageOf(
  engine: Engine,
  { source }: ContainerSpec,
  options: CreateOptions,
): Promise<ImageOfContainer | undefined> {
  if (source.kind === 'pause') return undefined
  if (source.kind === 'image') return options.image ?? imageOfContainer(engine, source, options.access ?? {})
  if (absentAsUndefined(() => statSync(source.path))?.isDirectory() === true) return undefined
  throw invalid('rootfs-missing', `the root file system ${source.path} is not a folder that exists`)
}

function completeFor(
  engine: Engine,
  spec: ContainerSpec & { readonly name: string },
  image: ImageOfContainer | undefined,
): CompleteSpec {
  const { isRootless, containerDefaults } = engine.settings
  const user = defaultUser(spec.namespaces.user ?? containerDefaults.userNamespace, userSituation(isRootless))
  return completeSpec(spec, {
    name: spec.name,
    image: image?.run,
    defaults: containerDefaults,
    isUnifiedCgroup: isUnifiedCgroup(),
    defaultNetwork: defaultNetworkMode(engine),
    defaultUser: user,
  })
}

async function claim(engine: Engine, name: string | undefined, id: string): Promise<string> {
  if (name === undefined) return claimRandomName(engine, id)
  await claimName(engine, name, id)
  return name
}

async function releaseName(engine: Engine, name: string, id: string): Promise<void> {
  const { releaseClaim } = await import('../../state/claim.ts')
  await releaseClaim(engine.at, { kind: 'container', name, id }, engine.patience)
}

interface Newborn {
  readonly id: ContainerId
  readonly spec: CompleteSpec
  readonly image: ImageOfContainer | undefined
}

async function publish(engine: Engine, cradle: Cradle, newborn: Newborn): Promise<void> {
  const { id, image } = newborn
  const own = image?.record.layers.map((layer) => layer.chainId) ?? []
  const trees = own.map((layer) => layerDiff(engine.at, layer))
  const spec = await withOwnIds(engine, newborn.spec, { folder: cradle.folder, layers: trees })
  const mappings = idMappings(spec.namespaces.user, userSituation(engine.settings.isRootless))
  using extras = await claimExtras(engine, spec, { mappings, folder: cradle.folder })
  using prepared = await layersFor(engine, own, mappings)
  const { layers } = prepared
  makeUpper(cradle.folder, rootOf(engine.at, layers), rootOf(engine.at, own))
  const files = { stored: storedSpec(engine, { ...newborn, spec }, layers), record: firstRecord(id, spec.name) }
  cradle.publish(files, () => {
    for (const used of imagesOf(spec, image)) checkImageStays(engine, used)
  })
  extras?.publish()
}

/** Ids. */
function imagesOf({ mounts }: CompleteSpec, image: ImageOfContainer | undefined): string[] {
  const mounted = imageMounts(mounts).flatMap(({ found }) => found?.imageId ?? [])
  return image === undefined ? mounted : [image.record.id, ...mounted]
}

function storedSpec(engine: Engine, { id, spec, image }: Newborn, layers: readonly Digest[]): StoredSpec {
  const { runtime, cgroupManager, globalFlags } = engine.settings
  return {
    schema: currentSchema,
    id,
    createdAt: engine.clock.now(),
    spec,
    ...(image === undefined
      ? {}
      : { image: { id: image.record.id, name: image.name, digest: image.record.manifestDigest } }),
    layers,
    runtime,
    // A group below ours is named by its path: systemd has no unit for it.
    cgroupManager: spec.cgroup.mode === 'split' ? 'cgroupfs' : cgroupManager,
    globalFlags,
  }
}

function firstRecord(id: ContainerId, name: string): ContainerRecord {
  return { schema: currentSchema, id, name, last: { status: 'created' }, restartCount: 0, isStoppedByUser: false }
}

/**
 * The container's `/` has owner and mode of its upper folder: those of the image's (`inside`: with the ids that it has there). Root's usual
 * 0755 is 0555, as with podman: it writes there by its capability.
 */
function makeUpper(folder: string, root: Stats | undefined, inside: Stats | undefined): void {
  const upper = join(folder, containerFiles.root.upper)
  mkdirSync(upper)
  const mode = (inside?.mode ?? 0o755) & 0o7777
  const isUsual = mode === 0o755 && (inside?.uid ?? 0) === 0
  chmodSync(upper, isUsual ? 0o555 : mode)
  if (root !== undefined && (root.uid !== 0 || root.gid !== 0)) chownSync(upper, root.uid, root.gid)
}

/** Of an image with these layers; undefined where none has been unpacked. */
function rootOf(at: Layout, layers: readonly Digest[]): Stats | undefined {
  const top = layers.at(-1)
  return top === undefined ? undefined : absentAsUndefined(() => statSync(layerDiff(at, top)))
}

/** `pod`: is locked. */
async function removeOld(engine: Engine, name: string, pod: ContainerSpec['pod']): Promise<void> {
  const { claimOwner } = await import('../../state/claim.ts')
  const owner = claimOwner(engine.at, 'container', name)
  if (owner === undefined) return
  const { remove } = await import('./remove.ts')
  const { isContainerGone } = await import('./lock-container.ts')
  const { readStoredContainer } = await import('./stored-container.ts')
  const isPodTended = pod !== undefined && readStoredContainer(engine.at, owner)?.stored.spec.pod?.id === pod.id
  try {
    await remove(engine, { container: { id: owner, name }, isForced: true, removesDependents: false, isPodTended })
  } catch (error) {
    if (!isContainerGone(error)) throw error
  }
}
