// image mount and unmount: an image's root file system to be read on the host, as long as somebody wants it. Under the lock of images,
// so that no mounted image is removed.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { absentAsUndefined } from '../../base/errors.ts'
import type { ImageRecord } from '../../image/record.ts'
import { bootId } from '../../os/boot-id.ts'
import { makeFolders } from '../../os/make-folders.ts'
import { removeTree } from '../../os/remove-tree.ts'
import { containerFiles, type Layout, paths } from '../../state/layout.ts'
import { listNames, namesOf, readImage } from '../../transport/image-records.ts'
import { lockImages } from '../../transport/image-store.ts'
import type { Engine } from '../engine.ts'
import { imageUnknown } from './resolve.ts'

export interface MountedImage {
  readonly record: ImageRecord
  readonly names: readonly string[]
  readonly path: string
}

/** Counted: as often as this is called, `unmountImage` must be. @throws not-found `image-unknown`; what mounting throws */
export async function mountImage(engine: Engine, id: string): Promise<MountedImage> {
  const { at } = engine
  using _lock = await lockImages(at, engine.patience)
  const record = readImage(at, id)
  if (record === undefined) throw imageUnknown(id)
  const folder = paths.imageMount(at, id)
  const count = countOf(at, id)
  makeFolders(folder, 0o700)
  const path = engine.storage().mountLayers(
    folder,
    record.layers.map(({ chainId }) => chainId),
  )
  setCount(at, id, count + 1)
  engine.events.append({ type: 'image', status: 'mount', id, name: path })
  return { record, names: namesOf(listNames(at), id), path }
}

/** Lock-free; by id. */
export function mountedImages(engine: Engine): MountedImage[] {
  const { at } = engine
  const ids = absentAsUndefined(() => readdirSync(paths.imageMounts(at))) ?? []
  const names = ids.length === 0 ? [] : listNames(at)
  return ids.sort().flatMap((id) => {
    const record = isImageMounted(engine, id) ? readImage(at, id) : undefined
    const path = join(paths.imageMount(at, id), containerFiles.root.merged)
    return record === undefined ? [] : [{ record, names: namesOf(names, id), path }]
  })
}

/** Lock-free. */
export function isImageMounted(engine: Engine, id: string): boolean {
  return engine.storage().areLayersMounted(paths.imageMount(engine.at, id))
}

/** Undoes one `mountImage`, forced all of them; the last one unmounts. False where there was nothing to undo. */
export async function unmountImage(engine: Engine, id: string, isForced: boolean): Promise<boolean> {
  const { at } = engine
  using _lock = await lockImages(at, engine.patience)
  const folder = paths.imageMount(at, id)
  if (!isImageMounted(engine, id)) return false
  const count = isForced ? 0 : Math.max(0, countOf(at, id) - 1)
  if (count > 0) setCount(at, id, count)
  else {
    engine.storage().unmountLayers(folder)
    removeTree(folder)
  }
  engine.events.append({ type: 'image', status: 'unmount', id, name: id })
  return true
}

/** What another boot left of mounts. Idempotent. The image is not mounted, and the lock of images is held. */
export function forgetMounts(at: Layout, id: string): void {
  removeTree(paths.imageMount(at, id))
}

/** Another boot's counts for nothing. */
function countOf(at: Layout, id: string): number {
  const text = absentAsUndefined(() => readFileSync(countFile(at, id), 'utf8'))
  const [boot, count] = text?.trim().split(' ') ?? []
  return boot === bootId() ? Number(count) || 0 : 0
}

function setCount(at: Layout, id: string, count: number): void {
  writeFileSync(countFile(at, id), `${bootId()} ${count}\n`, { mode: 0o600 })
}

function countFile(at: Layout, id: string): string {
  return join(paths.imageMount(at, id), 'count')
}
