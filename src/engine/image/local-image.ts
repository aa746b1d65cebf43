// "Is it here already?", as pull policies ask it.

import { isForPlatform, type Platform } from '../../image/platform.ts'
import { listNames, namesOf } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
import { imageConfigIfThere } from './image-config.ts'
import type { PulledImage } from './pull.ts'
import { findImage } from './resolve.ts'

/** The stored image that `text` names, if it is for `platform` (or nobody asked for one). */
export async function localImage(
  engine: Engine,
  text: string,
  platform: Platform | undefined,
): Promise<PulledImage | undefined> {
  const found = await findImage(engine, text, platform)
  if (found === undefined) return undefined
  const { record } = found
  if (platform !== undefined) {
    const config = imageConfigIfThere(engine, record)
    if (config === undefined || !isForPlatform(config.platform, platform)) return undefined
  }
  return { record, name: found.name ?? namesOf(listNames(engine.at), record.id)[0] ?? record.id }
}
