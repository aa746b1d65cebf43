// manifest exists: an image that is no list is an error, as with podman.

import type { Engine } from '../engine.ts'
import { findStored } from '../image/resolve.ts'
import { notAList } from './find-list.ts'

/** @throws invalid `image-no-list` */
export async function exists(engine: Engine, text: string): Promise<boolean> {
  const found = await findStored(engine, text)
  if (found !== undefined && 'record' in found) throw notAList(text)
  return found !== undefined
}
