// `run --rmi`: the image goes with the container that has just been removed. No lock is held.

import { existsSync } from 'node:fs'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import type { StoredContainer } from './stored-container.ts'

/** Reports a warning where the image is used by others. Does nothing for a container that is to stay, or ran without --rmi. */
export async function removeImageOf(engine: Engine, { stored, record }: StoredContainer): Promise<void> {
  const { spec, image } = stored
  if (spec.isImageRemoved !== true || image === undefined) return
  if (existsSync(paths.container(engine.at, record.id))) return
  const { remove } = await import('../image/remove.ts')
  const options = { areAll: false, isForced: false, isMissingIgnored: true }
  const { errors } = await remove(engine, [image.name], options)
  for (const { message } of errors) engine.report({ type: 'warning', message })
}
