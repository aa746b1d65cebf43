// The volumes of a container that is being made. Those that somebody named are made before it, and locked until it is published: whoever removes a
// volume sees the container, or is seen. The anonymous ones are built before it and named after it, so that a crash leaves none without a container;
// one that is missing then is made by the start.

import type { CompleteSpec } from '../../spec/container-spec.ts'
import { type VolumeMount, volumeMounts } from '../../spec/mounts.ts'
import type { Owner } from '../../volume/volume-record.ts'
import { type LockedVolume, lockVolume, readVolume, type VolumeCradle } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { announceVolume, createVolume, prepareVolume, type VolumeRequest } from '../volume/create.ts'

export interface ClaimedVolumes extends Disposable {
  /** The container is published: its anonymous volumes follow. Durable. */
  publish(): void
}

/** Disposed without `publish`, it leaves no anonymous volume; a named one stays, as podman's do. */
export async function claimVolumes(engine: Engine, spec: CompleteSpec, firstOwner: Owner): Promise<ClaimedVolumes> {
  const mounts = byName(volumeMounts(spec.mounts))
  const held: Disposable[] = []
  const anonymous: { name: string; cradle: VolumeCradle }[] = []
  const release = () => {
    for (const one of [...held, ...anonymous.map(({ cradle }) => cradle)]) one[Symbol.dispose]()
  }
  try {
    for (const mount of mounts) {
      const request = volumeRequest(mount, firstOwner)
      if (!isNew(engine, mount)) held.push(await lockOrMake(engine, request))
      else anonymous.push({ name: mount.name, cradle: await prepareVolume(engine, request) })
    }
  } catch (error) {
    release()
    throw error
  }
  return {
    publish() {
      for (const { name, cradle } of anonymous) if (cradle.publish()) announceVolume(engine, name, 'create')
    },
    [Symbol.dispose]: release,
  }
}

/** What a start makes of an anonymous volume that is missing. */
export function volumeRequest(mount: VolumeMount, firstOwner: Owner): VolumeRequest & { readonly name: string } {
  const { name, isAnonymous, driverOptions = {} } = mount
  return { name, driver: '', labels: {}, options: driverOptions, isAnonymous, firstOwner }
}

/** In the order of their locks; one that is mounted twice counts once. */
function byName(mounts: readonly VolumeMount[]): VolumeMount[] {
  const unique = [...new Map(mounts.map((mount) => [mount.name, mount])).values()]
  return unique.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** An anonymous one that another container made (--volumes-from) is there already. */
function isNew({ at }: Engine, { name, isAnonymous }: VolumeMount): boolean {
  return isAnonymous && readVolume(at, name) === undefined
}

/** One that is removed in between is made again. */
async function lockOrMake(engine: Engine, request: VolumeRequest & { readonly name: string }): Promise<LockedVolume> {
  for (;;) {
    const locked = await lockVolume(engine.at, request.name, engine.patience)
    if (locked !== undefined) return locked
    await createVolume(engine, request, { isKept: true })
  }
}
