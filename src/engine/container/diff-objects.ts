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
  const lock = await lockSides(engine, [object, base], stack)
  const from = foldersOf(engine, base, { lock, stack })
  if (object.kind === 'image') {
    return withoutOwn(changesBetween({ from, to: imageFolders(engine, object.record), style }))
  }
  const folder = mounted(engine, lock(object.container), stack)
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

/** The container as it is under its lock. */
type AsLocked = (target: StoredContainer) => StoredContainer

/** Containers stay as they are until `stack` is disposed. In the order of locks, whichever is asked for first. */
async function lockSides(engine: Engine, sides: readonly Layered[], stack: AsyncDisposableStack): Promise<AsLocked> {
  const targets = new Map(
    sides.flatMap((side) => (side.kind === 'container' ? [[side.container.id, side.container]] : [])),
  )
  const locked = new Map<string, StoredContainer>()
  for (const id of [...targets.keys()].sort()) {
    const held = stack.use(await lockContainer(engine, targets.get(id) as StoredContainer))
    checkLayered(held.container)
    locked.set(id, held.container)
  }
  return ({ id }) => locked.get(id) as StoredContainer
}

/** Highest first. */
function foldersOf(
  engine: Engine,
  side: Layered,
  { lock, stack }: { readonly lock: AsLocked; readonly stack: AsyncDisposableStack },
): string[] {
  if (side.kind === 'image') return imageFolders(engine, side.record)
  const container = lock(side.container)
  // A copy is all there is.
  if (engine.storage().whiteouts === 'vfs') return [mounted(engine, container, stack)]
  return [upperOf(engine, container), ...lowerFolders(engine.at, container.stored.layers.at(-1))]
}

function mounted(engine: Engine, container: StoredContainer, stack: AsyncDisposableStack): string {
  return stack.use(mountInPassing(engine, container)).path
}
