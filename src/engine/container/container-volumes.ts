// A container's volumes while it runs: mounted where they need it, filled and given away on first use, and let go after its end.

import { closeSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { native } from '../../os/native.ts'
import type { IdMappings, ResolvedUser } from '../../spec/facts.ts'
import { outsideId } from '../../spec/id-mapping.ts'
import { mountIdMaps } from '../../spec/mount-id-map.ts'
import { imageMounts, isOverlaid, isRemade, type Mount, type VolumeMount, volumeMounts } from '../../spec/mounts.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { mountVolume, unmountVolume } from '../../volume/mount-volume.ts'
import type { Owner } from '../../volume/volume-record.ts'
import { type LockedVolume, lockVolume, saveVolume } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { createVolume } from '../volume/create.ts'
import { pluginAccess } from '../volume/plugin-access.ts'
import { volumeRequest } from './claim-volumes.ts'
import { checkGivable, makeTarget, ownerOfFiles, setUpIdMapped } from './id-mapped-mounts.ts'
import { giveTree } from './mount-sources.ts'
import { setUpOverlay } from './overlay-mounts.ts'
import { openInRoot, openRoot } from './root-folder.ts'
import { settleVolume } from './settle-volume.ts'
import type { StoredContainer } from './stored-container.ts'

export interface VolumeSetting {
  /** The container's root file system, mounted. */
  readonly rootfs: string
  readonly user: ResolvedUser
  readonly mappings: IdMappings | undefined
}

/**
 * Where each of them is outside, by destination; binds that are remade, too. The container's lock is held. Idempotent.
 * @throws not-found `volume-missing`, invalid `subpath-missing`, `mount-invalid`, unavailable `idmap-failed`, and what mounting throws
 */
export async function setUpVolumes(
  engine: Engine,
  container: StoredContainer,
  setting: VolumeSetting,
): Promise<Record<string, string>> {
  const mounts = volumeMounts(container.stored.spec.mounts)
  const found: Record<string, string> = {}
  for (const [index, mount] of mounts.entries()) {
    using locked = await lockOrRemake(engine, mount, setting)
    const path = await mountVolume(engine.at, locked.record, { holder: container.id, plugins: pluginAccess(engine) })
    const plan = planFor(container, mount, setting)
    const ownerOf = ownerOfFiles(plan.maps)
    const use = { mount, path, rootfs: setting.rootfs, owner: ownerOf(plan.owner), ownerOf }
    const next = settleVolume(engine.at, locked.record, use)
    if (next !== locked.record) saveVolume(engine.at, next)
    const source =
      mount.subPath === undefined
        ? path
        : mountSubPath(subPathTarget(engine, container, String(index)), path, {
            label: `volume ${mount.name}`,
            subPath: mount.subPath,
          })
    found[mount.destination] = finish(engine, plan, source)
  }
  return { ...found, ...remadeBinds(engine, container, setting), ...(await setUpImages(engine, container)) }
}

/** One that may be written to is so by an overlay. */
async function setUpImages(engine: Engine, container: StoredContainer): Promise<Record<string, string>> {
  const mounts = imageMounts(container.stored.spec.mounts)
  if (mounts.length === 0) return {}
  const { mountImageLayers } = await import('./image-mounts.ts')
  const entries = mounts.map((mount, index) => {
    const whole = mountImageLayers(engine, container.id, mount)
    const part = (subPath: string) =>
      mountSubPath(subPathTarget(engine, container, `image-${index}`), whole, {
        label: `image ${mount.image}`,
        subPath,
      })
    const source = mount.subPath === undefined ? whole : part(mount.subPath)
    const isWritable = mount.options.includes('rw')
    return [mount.destination, isWritable ? setUpOverlay(engine, { id: container.id, mount, source }) : source] as const
  })
  return Object.fromEntries(entries)
}

/** Binds with option `O` or `idmap`: what the runtime gets is no folder of the user's. */
function remadeBinds(engine: Engine, container: StoredContainer, setting: VolumeSetting): Record<string, string> {
  const found: Record<string, string> = {}
  for (const mount of container.stored.spec.mounts.mounts) {
    if (mount.kind !== 'bind' || !isRemade(mount)) continue
    found[mount.destination] = finish(engine, planFor(container, mount, setting), mount.source)
  }
  return found
}

interface MountPlan {
  readonly id: string
  readonly mount: Mount
  readonly maps: IdMappings | undefined
  /** The container's user, as seen from outside. */
  readonly owner: Owner
}

function planFor({ id }: StoredContainer, mount: Mount, setting: VolumeSetting): MountPlan {
  const plan = { id, mount, maps: mountIdMaps(mount, setting.mappings), owner: ownerOutside(setting) }
  checkGivable(mount, plan.owner, plan.maps)
  return plan
}

/** The path that the runtime mounts. */
function finish(engine: Engine, { id, mount, maps, owner }: MountPlan, source: string): string {
  const path = remake(engine, { id, mount, maps, source })
  // Not through the map, in which an old owner may be nobody, whom nothing can be taken from.
  if (mount.options.includes('U')) giveTree(isOverlaid(mount) ? path : source, ownerOfFiles(maps)(owner))
  return path
}

function remake(engine: Engine, { maps, ...place }: Omit<MountPlan, 'owner'> & { readonly source: string }): string {
  if (isOverlaid(place.mount)) return setUpOverlay(engine, place)
  return maps === undefined ? place.source : setUpIdMapped(engine, { ...place, maps })
}

/** Idempotent. The container's lock is held and it is not alive. */
export async function releaseVolumes(engine: Engine, { id, stored }: StoredContainer): Promise<void> {
  for (const { name } of volumeMounts(stored.spec.mounts)) {
    if (existsSync(join(paths.runVolume(engine.at, name), id))) await releaseVolume(engine, name, id)
  }
}

/** `holder` uses the volume no more. Idempotent. */
export async function releaseVolume(engine: Engine, name: string, holder: string): Promise<void> {
  using locked = await lockVolume(engine.at, name, engine.patience)
  if (locked === undefined) return
  await unmountVolume(engine.at, locked.record, { holder, plugins: pluginAccess(engine) })
}

/** An anonymous one that is missing was never there: its maker died before it. */
async function lockOrRemake(engine: Engine, mount: VolumeMount, { mappings }: VolumeSetting): Promise<LockedVolume> {
  const locked = await lockVolume(engine.at, mount.name, engine.patience)
  if (locked !== undefined) return locked
  if (!mount.isAnonymous) throw missing(mount.name)
  await createVolume(engine, volumeRequest(mount, rootOutside(mappings)), { isKept: true })
  const made = await lockVolume(engine.at, mount.name, engine.patience)
  if (made === undefined) throw missing(mount.name)
  return made
}

/** Whose a new volume is until somebody uses it. */
export function rootOutside(mappings: IdMappings | undefined): Owner {
  return ownerOf({ uid: 0, gid: 0 }, mappings)
}

function ownerOutside({ user, mappings }: VolumeSetting): Owner {
  return ownerOf(user, mappings)
}

function ownerOf({ uid, gid }: Owner, mappings: IdMappings | undefined): Owner {
  return { uid: outsideId(uid, mappings?.uids ?? []), gid: outsideId(gid, mappings?.gids ?? []) }
}

function subPathTarget(engine: Engine, { id }: StoredContainer, name: string): string {
  return join(paths.runContainer(engine.at, id), containerFiles.run.subPaths, name)
}

const bindFlag = 4096

/**
 * The volume is others' as well, who may put a link in the path's place at any time: what was found is held by a mount of its own, and that is
 * what the runtime gets.
 */
function mountSubPath(
  target: string,
  volume: string,
  { label, subPath }: { readonly label: string; readonly subPath: string },
): string {
  using root = openRoot(volume)
  const fd = openInRoot(root, subPath)
  if (fd === undefined) throw noSubPath(label, subPath)
  try {
    makeTarget(target, `/proc/self/fd/${fd}`)
    native().mount(`/proc/self/fd/${fd}`, target, '', bindFlag, '')
    return target
  } finally {
    closeSync(fd)
  }
}

function missing(name: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'volume-missing',
    message: `retrieving named volume ${name} for container: no such volume`,
    hint: `Make it again, empty: gantry volume create ${name}`,
  })
}

function noSubPath(label: string, subPath: string): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'subpath-missing',
    message: `${label} has no ${JSON.stringify(subPath)}: no such file or directory`,
  })
}
