// volume export: a volume's content as a tar.

import { Readable } from 'node:stream'
import { EngineError } from '../../base/errors.ts'
import { volumeHolders } from '../../volume/holders.ts'
import { volumeMountpoint } from '../../volume/mount-volume.ts'
import { isOfPlugin, type VolumeRecord } from '../../volume/volume-record.ts'
import type { Engine } from '../engine.ts'
import { findVolume } from './find-volume.ts'

/** The archive, as it is read. @throws not-found `volume-unknown`; conflict `volume-unmounted` */
export async function exportVolume(engine: Engine, text: string): Promise<Readable> {
  const path = contentOf(engine, findVolume(engine, text))
  const { packFolder } = await import('../../image/pack-folder.ts')
  return Readable.from(packFolder(path), { objectMode: false })
}

/** What only a mount shows must be mounted: by a container, or by `volume mount`. */
export function contentOf({ at }: Engine, record: VolumeRecord): string {
  const { name, driver, options } = record
  const path = volumeMountpoint(at, record)
  if (path === undefined) throw unmounted('volume is not mounted anywhere on host', name)
  const hidesContent = isOfPlugin(record) || !['tmpfs', undefined].includes(options['type'])
  if (hidesContent && volumeHolders(at, name).length === 0) {
    throw unmounted(`volume is using a driver ${driver} and volume is not mounted on ${path}`, name)
  }
  return path
}

function unmounted(message: string, name: string): EngineError {
  return new EngineError({
    kind: 'conflict',
    code: 'volume-unmounted',
    message,
    hint: `Mount it first: gantry volume mount ${name}`,
  })
}
