// "Is it here already?", as pull policies ask it.

import { maxConfigBytes, parseImageConfig } from '../../image/config.ts'
import { normalize, type Platform } from '../../image/platform.ts'
import { readSmallBlob } from '../../transport/blob-store.ts'
import { listNames, namesOf } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
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
  if (platform !== undefined && !isFor(engine, found.record.configDigest, platform)) return undefined
  return { record, name: found.name ?? namesOf(listNames(engine.at), record.id)[0] ?? record.id }
}

function isFor(engine: Engine, config: Parameters<typeof readSmallBlob>[1], platform: Platform): boolean {
  const own = parseImageConfig(readSmallBlob(engine.at, config, maxConfigBytes)).platform
  const wanted = normalize(platform)
  if (own.os !== wanted.os || own.architecture !== wanted.architecture) return false
  return wanted.variant === undefined || own.variant === undefined || own.variant === wanted.variant
}
