// A volume of the driver image: it begins as a copy of an image's root file system, and owes the image nothing from then on.

import { EngineError, errorMessage, invalid } from '../../base/errors.ts'
import { syncFileSystem } from '../../os/atomic-file.ts'
import { copyTree } from '../../storage/copy-tree.ts'
import type { VolumeRecord } from '../../volume/volume-record.ts'
import { buildVolume, type VolumeCradle } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { mountImage, unmountImage } from '../image/mount.ts'
import { resolveImage } from '../image/resolve.ts'

/** @throws invalid `volume-option-invalid`; not-found `image-unknown` */
export async function buildFromImage(engine: Engine, record: VolumeRecord): Promise<VolumeCradle> {
  const { record: image } = await findSource(engine, nameOf(record))
  const { path } = await mountImage(engine, image.id)
  try {
    const done: VolumeRecord = { ...record, copyUp: 'done', needsChown: false }
    return buildVolume(engine.at, done, (data) => {
      copyTree(path, data)
      syncFileSystem(data)
    })
  } finally {
    await unmountImage(engine, image.id, false)
  }
}

function nameOf({ options }: VolumeRecord): string {
  const stranger = Object.keys(options).find((key) => key.toLowerCase() !== 'image')
  if (stranger !== undefined) {
    throw invalid('volume-option-invalid', `invalid mount option ${stranger} for driver 'image': invalid argument`)
  }
  const [name = ''] = Object.values(options)
  if (name !== '') return name
  const message = 'must provide an image name when creating a volume with the image driver: invalid argument'
  throw invalid('volume-option-invalid', message)
}

async function findSource(engine: Engine, name: string) {
  try {
    return await resolveImage(engine, name)
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause
    const { kind, code } = cause
    const message = `looking up image ${name} to create volume failed: ${errorMessage(cause)}`
    throw new EngineError({ kind, code, message, cause })
  }
}
