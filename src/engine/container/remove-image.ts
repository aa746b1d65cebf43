// `run --rmi`, `cleanup --rmi`: the image goes with the container. No lock is held.

import { existsSync } from 'node:fs'
import { paths } from '../../state/layout.ts'
import type { Engine } from '../engine.ts'
import type { StoredContainer } from './stored-container.ts'

/** Reports a warning where the image is used by others. Does nothing for a container that is to stay, or ran without --rmi. */
export async function removeImageOf(engine: Engine, { stored, record }: StoredContainer): Promise<void> {
  const { spec, image } = stored
  if (spec.isImageRemoved !== true || image === undefined) return
  if (existsSync(paths.container(engine.at, record.id))) return
  for (const { message } of await removeImage(engine, image.name)) engine.report({ type: 'warning', message })
}

/** The container's image. Idempotent. @throws conflict where a container uses it */
export async function removeImageIn(engine: Engine, { stored }: StoredContainer): Promise<void> {
  const [error] = stored.image === undefined ? [] : await removeImage(engine, stored.image.name)
  if (error !== undefined) throw error
}

async function removeImage(engine: Engine, name: string): Promise<readonly Error[]> {
  const { remove } = await import('../image/remove.ts')
  const { errors } = await remove(engine, [name], { areAll: false, isForced: false, isMissingIgnored: true })
  return errors
}
