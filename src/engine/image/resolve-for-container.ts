// The image of a new container: found or pulled, with its config.

import type { ImageConfig } from '../../image/config.ts'
import { parsePlatform } from '../../image/platform.ts'
import type { ImageRecord } from '../../image/record.ts'
import type { Engine } from '../engine.ts'
import { readImageConfig } from './image-config.ts'
import { type PullPolicy, pull } from './pull.ts'
import type { RegistryAccess } from './registry-session.ts'
import { imageUnknown } from './resolve.ts'

export interface ContainerImageOptions extends RegistryAccess {
  readonly pull: PullPolicy
  /** `linux/arm64/v8` */
  readonly platform?: string
}

export interface ContainerImage {
  readonly record: ImageRecord
  readonly config: ImageConfig
  /** What inspect and ps show: the matched reference, else the image's first name, else its id. */
  readonly name: string
}

/** @throws what `pull` throws; corrupt when the stored config is damaged */
export async function resolveImageForContainer(
  engine: Engine,
  reference: string,
  options: ContainerImageOptions,
): Promise<ContainerImage> {
  const { pull: policy, platform, ...access } = options
  const pulled = await pull(engine, reference, {
    ...access,
    policy,
    ...(platform === undefined ? {} : { platform: parsePlatform(platform) }),
  })
  const [image] = pulled
  if (image === undefined) throw imageUnknown(reference)
  return { record: image.record, config: readImageConfig(engine, image.record), name: image.name }
}
