// A container's volumes while it runs: mounted where they need it, filled and given away on first use, and let go after its end.

import { closeSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../base/errors.ts'
import { native } from '../../os/native.ts'
import type { IdMappings, ResolvedUser } from '../../spec/facts.ts'
import { outsideId } from '../../spec/id-mapping.ts'
import { isOverlaid, type VolumeMount, volumeMounts } from '../../spec/mounts.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { mountVolume, unmountVolume } from '../../volume/mount-volume.ts'
import type { Owner } from '../../volume/volume-record.ts'
import { type LockedVolume, lockVolume, saveVolume } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { createVolume } from '../volume/create.ts'
import { pluginAccess } from '../volume/plugin-access.ts'
import { volumeRequest } from './claim-volumes.ts'
import { giveTree } from './mount-sources.ts'
import { type Overlaid, setUpOverlay } from './overlay-mounts.ts'
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
 * Where each of them is outside, by destination; overlaid binds, too. The container's lock is held. Idempotent.
 * @throws not-found `volume-missing`, invalid `subpath-missing`, and what mounting throws
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
    const owner = ownerOutside(setting)
    const next = settleVolume(engine.at, locked.record, { mount, path, rootfs: setting.rootfs, owner })
    if (next !== locked.record) saveVolume(engine.at, next)
    const source =
      mount.subPath === undefined ? path : mountSubPath(subPathTarget(engine, container, index), path, mount)
    found[mount.destination] = finish(engine, { id: container.id, mount, source, owner })
  }
  return { ...found, ...overlaidBinds(engine, container, setting) }
}

/** Binds with option `O`: what the runtime gets is no folder of the user's. */
function overlaidBinds(engine: Engine, { id, stored }: StoredContainer, setting: VolumeSetting) {
  const mounts = stored.spec.mounts.mounts.filter((mount) => mount.kind === 'bind' && isOverlaid(mount))
  const owner = ownerOutside(setting)
  return Object.fromEntries(
    mounts.map((mount) => {
      const source = mount.kind === 'bind' ? mount.source : ''
      return [mount.destination, finish(engine, { id, mount, source, owner })]
    }),
  )
}

/** The path that the runtime mounts. */
function finish(engine: Engine, { owner, ...place }: Overlaid & { readonly owner: Owner }): string {
  const path = isOverlaid(place.mount) ? setUpOverlay(engine, place) : place.source
  if (place.mount.options.includes('U')) giveTree(path, owner)
  return path
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

function subPathTarget(engine: Engine, { id }: StoredContainer, index: number): string {
  return join(paths.runContainer(engine.at, id), containerFiles.run.subPaths, String(index))
}

const bindFlag = 4096

/**
 * The volume is others' as well, who may put a link in the path's place at any time: what was found is held by a mount of its own, and that is
 * what the runtime gets.
 */
function mountSubPath(target: string, volume: string, { name, subPath = '' }: VolumeMount): string {
  using root = openRoot(volume)
  const fd = openInRoot(root, subPath)
  if (fd === undefined) throw noSubPath(name, subPath)
  try {
    makeTarget(target, `/proc/self/fd/${fd}`)
    native().mount(`/proc/self/fd/${fd}`, target, '', bindFlag, '')
    return target
  } finally {
    closeSync(fd)
  }
}

function makeTarget(target: string, source: string): void {
  mkdirSync(join(target, '..'), { recursive: true, mode: 0o700 })
  if (existsSync(`${source}/.`)) mkdirSync(target, { recursive: true })
  else writeFileSync(target, '')
}

function missing(name: string): EngineError {
  return new EngineError({
    kind: 'not-found',
    code: 'volume-missing',
    message: `retrieving named volume ${name} for container: no such volume`,
    hint: `Make it again, empty: gantry volume create ${name}`,
  })
}

function noSubPath(name: string, subPath: string): EngineError {
  return new EngineError({
    kind: 'invalid',
    code: 'subpath-missing',
    message: `volume ${name} has no ${JSON.stringify(subPath)}: no such file or directory`,
  })
}
