// Images that are mounted into a container: --mount type=image.

import { join } from 'node:path'
import { makeFolders } from '../../os/make-folders.ts'
import type { ContainerSpec } from '../../spec/container-spec.ts'
import type { ImageMount, Mount } from '../../spec/mounts.ts'
import type { Engine } from '../engine.ts'
import { findImage, imageUnknown } from '../image/resolve.ts'
import { folderNameOf, overlaysOf } from './overlay-mounts.ts'

/** Which layers they are: from now on it is these, whatever the name means later. @throws not-found `image-unknown` */
export async function resolveImageMounts(engine: Engine, spec: ContainerSpec): Promise<ContainerSpec> {
  const mounts: Mount[] = []
  for (const mount of spec.mounts.mounts) mounts.push(mount.kind === 'image' ? await resolved(engine, mount) : mount)
  return { ...spec, mounts: { ...spec.mounts, mounts } }
}

async function resolved(engine: Engine, mount: ImageMount): Promise<ImageMount> {
  // Taken over from another container (--volumes-from).
  if (mount.found !== undefined) return mount
  const found = await findImage(engine, mount.image)
  if (found === undefined) throw imageUnknown(mount.image)
  const { id, layers } = found.record
  return { ...mount, found: { imageId: id, layers: layers.map(({ chainId }) => chainId) } }
}

/** Where the image's root file system is, to be read. Idempotent. Goes with the container's overlays. The container's lock is held. */
export function mountImageLayers(engine: Engine, id: string, { destination, found }: ImageMount): string {
  const folder = join(overlaysOf(engine, id), `${folderNameOf(destination)}-image`)
  makeFolders(folder, 0o700)
  return engine.storage().mountLayers(folder, found?.layers ?? [])
}
