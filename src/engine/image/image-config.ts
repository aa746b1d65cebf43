// An image's config, for those who only read it: pulling is far to load.

import { type ImageConfig, maxConfigBytes, parseImageConfig } from '../../image/config.ts'
import type { ImageRecord } from '../../image/record.ts'
import { readSmallBlob } from '../../transport/blob-store.ts'
import { readImage } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'

/** @throws corrupt `blob-missing`, `blob-damaged`, `config-malformed` */
export function readImageConfig(engine: Pick<Engine, 'at'>, record: ImageRecord): ImageConfig {
  return parseImageConfig(readSmallBlob(engine.at, record.configDigest, maxConfigBytes))
}

/** Undefined where somebody has removed the image since its record was read. @throws as readImageConfig */
export function imageConfigIfThere(engine: Pick<Engine, 'at'>, record: ImageRecord): ImageConfig | undefined {
  try {
    return readImageConfig(engine, record)
  } catch (error) {
    if (readImage(engine.at, record.id) === undefined) return undefined
    throw error
  }
}
