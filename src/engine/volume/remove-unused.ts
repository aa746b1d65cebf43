// Removing a volume that no container uses. Shared by `volume rm`, prune, and containers that take their anonymous volumes with them.

import { EngineError, errorMessage } from '../../base/errors.ts'
import { unmountForAll } from '../../volume/mount-volume.ts'
import { removeInPlugin, statusInPlugin, volumePlugin } from '../../volume/plugin.ts'
import { isOfPlugin, needsMount, type VolumeRecord } from '../../volume/volume-record.ts'
import { deleteVolume, lockVolume } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { announceVolume } from './create.ts'
import { volumeUnknown } from './find-volume.ts'
import { pluginAccess } from './plugin-access.ts'
import { volumeUsers } from './volume-use.ts'

/**
 * Removes it unless a container other than `except` uses it. Durable; needs no free space.
 * @throws conflict `volume-in-use`, `tree-has-mount`; not-found `volume-unknown`
 */
export async function removeUnused(
  engine: Engine,
  name: string,
  { except, isForced = false }: { readonly except: string | undefined; readonly isForced?: boolean },
): Promise<void> {
  using locked = await lockVolume(engine.at, name, engine.patience)
  if (locked === undefined) throw volumeUnknown(name)
  const users = volumeUsers(engine.at, name).filter((id) => id !== except)
  if (users.length > 0) throw inUse(name, users)
  await unmount(engine, locked.record, isForced)
  const failure = await leavePlugin(engine, locked.record)
  deleteVolume(engine.at, name)
  announceVolume(engine, name, 'remove')
  if (failure !== undefined) throw failure
}

/** With force a plugin that does not answer stops nobody. */
async function unmount(engine: Engine, record: VolumeRecord, isForced: boolean): Promise<void> {
  if (!needsMount(record)) return
  try {
    await unmountForAll(engine.at, record, pluginAccess(engine))
  } catch (error) {
    if (!isForced) throw error
    engine.report({ type: 'warning', message: `unmounting volume ${record.name}: ${errorMessage(error)}` })
  }
}

/** Why the plugin still has it: ours goes all the same, or nobody could ever get rid of it. */
async function leavePlugin(engine: Engine, record: VolumeRecord): Promise<EngineError | undefined> {
  if (!isOfPlugin(record)) return undefined
  const { name, driver, timeoutSeconds } = record
  try {
    const plugin = volumePlugin(pluginAccess(engine), driver, timeoutSeconds)
    if ((await statusInPlugin(plugin, name)) !== undefined) await removeInPlugin(plugin, name)
    return undefined
  } catch (error) {
    if (error instanceof EngineError) return leftInPlugin(name, driver, error)
    throw error
  }
}

function leftInPlugin(name: string, driver: string, cause: EngineError): EngineError {
  return new EngineError({
    kind: cause.kind,
    code: cause.code,
    message: `cannot remove volume ${name} from plugin ${driver}, but it has been removed from Gantry: ${cause.message}`,
    cause,
  })
}

function inUse(name: string, users: readonly string[]): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'volume-in-use',
    message: `volume ${name} is being used by the following container(s): ${users.join(', ')}: volume is being used`,
  })
}
