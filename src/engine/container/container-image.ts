// The image of a new container. Found in the store it costs two small files; only where it must be pulled is the registry client loaded.

import type { RunConfig } from '../../image/config.ts'
import { maxConfigBytes, parseImageConfig } from '../../image/config.ts'
import type { ImageRecord } from '../../image/record.ts'
import type { RootfsSource } from '../../spec/container-spec.ts'
import { readTrustedBlob } from '../../transport/blob-store.ts'
import { listNames, namesOf, readImage } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
import type { RegistryAccess } from '../image/registry-session.ts'
import { findImage, imageUnknown } from '../image/resolve.ts'
import { warnOtherPlatform } from '../image/warn-other-platform.ts'

export interface ImageOfContainer {
  readonly record: ImageRecord
  readonly run: RunConfig
  /** What inspect and ps show. */
  readonly name: string
}

type ImageSource = Extract<RootfsSource, { kind: 'image' }>

/** @throws not-found `image-unknown`, and what a pull throws */
export async function imageOfContainer(
  engine: Engine,
  source: ImageSource,
  access: RegistryAccess,
): Promise<ImageOfContainer> {
  // As podman: what is wrong with a key is said, needed or not.
  await access.openKeys?.()
  const local = await findLocal(engine, source)
  if (local !== undefined) {
    // podman's word for it, fetched or not.
    engine.events.append({ type: 'image', status: 'pull', id: local.record.id, name: source.reference })
    return local
  }
  const { resolveImageForContainer } = await import('../image/resolve-for-container.ts')
  const { reference, pull, platform } = source
  const options = { ...access, pull, ...(platform === undefined ? {} : { platform }) }
  const { record, config, name } = await resolveImageForContainer(engine, reference, options)
  return { record, run: config.run, name }
}

/**
 * Whether a container whose spec.json, which uses the image `id`, lies in its cradle may come into being. No lock is needed: who removes an image takes its record away
 * first and looks for its users afterwards, so that either we see the record gone or the collection sees the cradle.
 * @throws not-found `image-unknown` if the image was removed meanwhile
 */
export function checkImageStays(engine: Engine, id: string): void {
  if (readImage(engine.at, id) === undefined) throw imageUnknown(id)
}

async function findLocal(engine: Engine, source: ImageSource): Promise<ImageOfContainer | undefined> {
  if (source.platform !== undefined || source.pull === 'always' || source.pull === 'newer') return undefined
  // A transport's prefix: not the store's business.
  if (/^[a-z-]+:\/?\//.test(source.reference)) return undefined
  const found = await findImage(engine, source.reference)
  if (found === undefined) return undefined
  const { record } = found
  const config = parseImageConfig(readTrustedBlob(engine.at, record.configDigest, maxConfigBytes))
  warnOtherPlatform(engine, config.platform)
  const name = found.name ?? namesOf(listNames(engine.at), record.id)[0] ?? record.id
  return { record, run: config.run, name }
}
