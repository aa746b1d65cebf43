// volume reload: what the plugins have becomes known here, what they have no more is forgotten, unless a container uses it.

import { EngineError } from '../../base/errors.ts'
import { currentSchema } from '../../state/record.ts'
import { listInPlugin, volumePlugin } from '../../volume/plugin.ts'
import { isVolumeName } from '../../volume/volume-name.ts'
import { isOfPlugin, type VolumeRecord } from '../../volume/volume-record.ts'
import { buildVolume, deleteVolume, listVolumes, lockVolume, readVolume } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { announceVolume } from './create.ts'
import { pluginAccess } from './plugin-access.ts'
import { volumeUsers } from './volume-use.ts'

export interface VolumeReload {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly errors: readonly unknown[]
}

/** Idempotent. Goes on past a plugin that fails. */
export async function reloadVolumes(engine: Engine): Promise<VolumeReload> {
  const added: string[] = []
  const removed: string[] = []
  const errors: unknown[] = []
  for (const driver of Object.keys(engine.settings.volumePlugins)) {
    try {
      const names = (await listInPlugin(volumePlugin(pluginAccess(engine), driver))).filter(isVolumeName)
      added.push(...names.filter((name) => learn(engine, name, driver)))
      removed.push(...(await forgetOthers(engine, driver, { names, errors })))
    } catch (error) {
      errors.push(error)
    }
  }
  return { added, removed, errors }
}

function learn(engine: Engine, name: string, driver: string): boolean {
  if (readVolume(engine.at, name) !== undefined) return false
  const record: VolumeRecord = {
    schema: currentSchema,
    name,
    driver,
    createdAt: engine.clock.now(),
    labels: {},
    options: {},
    isAnonymous: false,
    copyUp: 'wanted',
    needsChown: true,
  }
  using cradle = buildVolume(engine.at, record)
  if (!cradle.publish()) return false
  announceVolume(engine, name, 'create')
  return true
}

async function forgetOthers(
  engine: Engine,
  driver: string,
  { names, errors }: { readonly names: readonly string[]; readonly errors: unknown[] },
): Promise<string[]> {
  const gone = listVolumes(engine.at).filter(
    (volume) => volume.driver === driver && isOfPlugin(volume) && !names.includes(volume.name),
  )
  const removed: string[] = []
  for (const { name } of gone) {
    using locked = await lockVolume(engine.at, name, engine.patience)
    if (locked === undefined) continue
    const users = volumeUsers(engine.at, name)
    if (users.length > 0) errors.push(stillNeeded(name, driver, users))
    else {
      deleteVolume(engine.at, name)
      announceVolume(engine, name, 'remove')
      removed.push(name)
    }
  }
  return removed
}

function stillNeeded(name: string, driver: string, users: readonly string[]): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'volume-in-use',
    message: `volume was removed from the plugin ${JSON.stringify(driver)} but containers still require it: volume ${name} is being used by the following container(s): ${users.join(', ')}: volume is being used`,
  })
}
