// volume create, and the volumes that a container brings about. See volume/volume-store.ts for what a crash leaves: nothing but a passing folder.

import { existsSync } from 'node:fs'
import { EngineError, invalid } from '../../base/errors.ts'
import { currentSchema } from '../../state/record.ts'
import { createInPlugin, volumePlugin } from '../../volume/plugin.ts'
import { checkVolumeName, newVolumeName } from '../../volume/volume-name.ts'
import { checkLocalOptions, parseVolumeOptions } from '../../volume/volume-options.ts'
import { imageDriver, localDriver, type Owner, type VolumeRecord } from '../../volume/volume-record.ts'
import { buildVolume, readVolume, type VolumeCradle } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { pluginAccess } from './plugin-access.ts'

export interface VolumeRequest {
  /** A random one unless given. */
  readonly name?: string
  readonly driver: string
  readonly labels: Readonly<Record<string, string>>
  /** As typed: `type`, `device`, `o`, …; a plugin gets them as they are. */
  readonly options: Readonly<Record<string, string>>
  readonly isAnonymous?: boolean
  /** Of an empty volume until somebody uses it. */
  readonly firstOwner?: Owner
}

/**
 * The volume's name. Durable. With `isKept` one of that name that is there already is left as it is.
 * @throws already-exists `volume-exists`; invalid `name-invalid`, `volume-option-invalid`; not-found `volume-plugin-unknown`, `image-unknown`
 */
export async function createVolume(
  engine: Engine,
  request: VolumeRequest,
  { isKept = false }: { readonly isKept?: boolean } = {},
): Promise<string> {
  const name = request.name === undefined || request.name === '' ? newVolumeName() : checkVolumeName(request.name)
  if (readVolume(engine.at, name) !== undefined) {
    if (isKept) return name
    throw exists(name)
  }
  using cradle = await prepareVolume(engine, { ...request, name })
  if (cradle.publish()) announceVolume(engine, name, 'create')
  else if (!isKept) throw exists(name)
  return name
}

/** Builds the volume, to be published by the caller. A plugin has it from here on. */
export async function prepareVolume(
  engine: Engine,
  request: VolumeRequest & { readonly name: string },
): Promise<VolumeCradle> {
  const record = recordOf(engine, request)
  if (record.driver === imageDriver) {
    const { buildFromImage } = await import('./build-from-image.ts')
    return buildFromImage(engine, record)
  }
  if (record.driver === localDriver) check(record)
  else {
    const plugin = volumePlugin(pluginAccess(engine), record.driver, record.timeoutSeconds)
    await createInPlugin(plugin, record.name, record.options)
  }
  return buildVolume(engine.at, record)
}

export function announceVolume(
  engine: Engine,
  name: string,
  status: 'create' | 'remove' | 'prune' | 'mount' | 'unmount',
): void {
  engine.events.append({ type: 'volume', status, name })
}

function recordOf(engine: Engine, request: VolumeRequest & { readonly name: string }): VolumeRecord {
  const { name, labels, isAnonymous = false, firstOwner } = request
  const driver = request.driver || localDriver
  const { options, owner, timeoutSeconds } = parseVolumeOptions(request.options)
  const first = owner ?? firstOwner
  return {
    schema: currentSchema,
    name,
    driver,
    createdAt: engine.clock.now(),
    labels,
    options,
    ...(first === undefined || (first.uid === 0 && first.gid === 0) ? {} : { owner: first }),
    isAnonymous,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    copyUp: 'wanted',
    needsChown: owner === undefined,
  }
}

function check({ options }: VolumeRecord): void {
  checkLocalOptions(options)
  const { type, device } = options
  if (type === 'bind' && device !== undefined && !existsSync(device)) {
    throw invalid(
      'volume-option-invalid',
      `invalid volume option device for driver 'local': faccessat ${device}: no such file or directory`,
    )
  }
}

function exists(name: string): EngineError {
  return new EngineError({
    kind: 'already-exists',
    code: 'volume-exists',
    message: `volume with name ${name} already exists: volume already exists`,
    hint: 'To go on with it as it is: volume create --ignore',
  })
}
