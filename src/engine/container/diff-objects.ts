// diff of containers and images: with what is below them, or with one another.

import type { ImageRecord } from '../../image/record.ts'
import { type Change, changesIn } from '../../storage/changes.ts'
import { changesBetween } from '../../storage/layer-changes.ts'
import { lowerFolders } from '../../storage/lower-layers.ts'
import type { Engine } from '../engine.ts'
import { resolveImage } from '../image/resolve.ts'
import { checkLayered, diff, upperOf, withoutOwn } from './diff.ts'
import { findContainer } from './find-container.ts'
import { lockContainer } from './lock-container.ts'
import { mountInPassing } from './passing-mount.ts'
import { selectContainer } from './select.ts'
import type { StoredContainer } from './stored-container.ts'

export type Layered =
  | { readonly kind: 'container'; readonly container: StoredContainer }
  | { readonly kind: 'image'; readonly record: ImageRecord }

/** `any`: a container, or else an image. @throws not-found `container-unknown`, `image-unknown` */
export async function findLayered(engine: Engine, text: string, kind: Layered['kind'] | 'any'): Promise<Layered> {
  if (kind === 'container') return { kind, container: selectContainer(engine, text) }
  const container = kind === 'any' ? findContainer(engine.at, text) : undefined
  if (container !== undefined) return { kind: 'container', container }
  return { kind: 'image', record: (await resolveImage(engine, text)).record }
}

/**
 * What `object` has otherwise than `base`: unless that is given, a container's image, or an image without its last layer.
 * @throws as findLayered; unsupported `diff-of-rootfs`
 */
export async function diffObjects(engine: Engine, object: Layered, base?: Layered): Promise<Change[]> {
  if (base === undefined)
    return object.kind === 'container' ? diff(engine, object.container) : diffOfLast(engine, object)
  await using stack = new AsyncDisposableStack()
  const { whiteouts: style } = engine.storage()
  const from = await foldersOf(engine, base, stack)
  if (object.kind === 'image') {
    return withoutOwn(changesBetween({ from, to: imageFolders(engine, object.record), style }))
  }
  const folder = await mounted(engine, object.container, stack)
  return withoutOwn(changesIn({ folder, isWhole: true, lowers: from, style }))
}

function diffOfLast(engine: Engine, { record }: Extract<Layered, { kind: 'image' }>): Change[] {
  const { whiteouts: style } = engine.storage()
  const from = lowerFolders(engine.at, record.layers.at(-2)?.chainId)
  const to = imageFolders(engine, record)
  const [folder] = to
  // Written as a container's changes are, the layer tells by itself.
  if (style !== 'vfs' && folder !== undefined) {
    return withoutOwn(changesIn({ folder, isWhole: false, lowers: from, style }))
  }
  return withoutOwn(changesBetween({ from, to, style }))
}

function imageFolders(engine: Engine, { layers }: ImageRecord): string[] {
  return lowerFolders(engine.at, layers.at(-1)?.chainId)
}

/** Highest first; a container is kept as it is until `stack` is disposed. */
async function foldersOf(engine: Engine, side: Layered, stack: AsyncDisposableStack): Promise<string[]> {
  if (side.kind === 'image') return imageFolders(engine, side.record)
  const { container } = side
  // A copy is all there is.
  if (engine.storage().whiteouts === 'vfs') return [await mounted(engine, container, stack)]
  checkLayered(container)
  return [upperOf(engine, container), ...lowerFolders(engine.at, container.stored.layers.at(-1))]
}

async function mounted(engine: Engine, target: StoredContainer, stack: AsyncDisposableStack): Promise<string> {
  const locked = stack.use(await lockContainer(engine, target))
  checkLayered(locked.container)
  return stack.use(mountInPassing(engine, locked.container)).path
}
