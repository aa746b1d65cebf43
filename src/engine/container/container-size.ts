// What a container takes: what it has written, and that with its image.

import { join } from 'node:path'
import { treeSize } from '../../os/tree-size.ts'
import { containerFiles, paths } from '../../state/layout.ts'
import { readImage } from '../../transport/image-records.ts'
import type { Engine } from '../engine.ts'
import type { StoredContainer } from './stored-container.ts'

export interface ContainerSize {
  readonly writtenBytes: number
  readonly rootBytes: number
}

/** Lock-free; walks over every file that the container has written. */
export function containerSize(engine: Pick<Engine, 'at'>, { id, stored }: StoredContainer): ContainerSize {
  const imageBytes = stored.image === undefined ? 0 : (readImage(engine.at, stored.image.id)?.sizeBytes ?? 0)
  const folder = paths.container(engine.at, id)
  const written = treeSize(join(folder, containerFiles.root.upper))
  // Without a union, merged/ is a copy of everything; with one, it is another file system or empty.
  const whole = treeSize(join(folder, containerFiles.root.merged))
  const writtenBytes = whole > imageBytes ? whole - imageBytes : written
  return { writtenBytes, rootBytes: imageBytes + writtenBytes }
}
