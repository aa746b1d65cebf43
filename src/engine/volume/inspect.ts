// volume inspect: podman's document of a volume, key by key.

import { volumeHolders } from '../../volume/holders.ts'
import { volumeMountpoint } from '../../volume/mount-volume.ts'
import { statusInPlugin, volumePlugin } from '../../volume/plugin.ts'
import { isOfPlugin, type VolumeRecord } from '../../volume/volume-record.ts'
import type { Engine } from '../engine.ts'
import { pluginAccess } from './plugin-access.ts'

export type VolumeDocument = Awaited<ReturnType<typeof inspectVolume>>

/** Lock-free. @throws what a plugin throws */
export async function inspectVolume(engine: Engine, record: VolumeRecord) {
  const { name, driver, createdAt, labels, options, copyUp, needsChown, isAnonymous } = record
  const owner = record.chownedTo ?? record.owner ?? { uid: 0, gid: 0 }
  return {
    Name: name,
    Driver: driver,
    Mountpoint: volumeMountpoint(engine.at, record) ?? '',
    CreatedAt: createdAt,
    ...(isOfPlugin(record) ? { Status: await statusOf(engine, record) } : {}),
    Labels: labels,
    Scope: 'local',
    Options: options,
    UID: owner.uid,
    GID: owner.gid,
    Anonymous: isAnonymous,
    MountCount: volumeHolders(engine.at, name).length,
    NeedsCopyUp: copyUp === 'wanted',
    NeedsChown: needsChown,
    Timeout: timeoutOf(engine, record),
    LockNumber: 0,
  }
}

async function statusOf(engine: Engine, { name, driver, timeoutSeconds }: VolumeRecord) {
  return (await statusInPlugin(volumePlugin(pluginAccess(engine), driver, timeoutSeconds), name)) ?? {}
}

function timeoutOf({ settings }: Engine, record: VolumeRecord): number {
  return record.timeoutSeconds ?? (isOfPlugin(record) ? settings.volumePluginTimeoutSeconds : 0)
}
