// image exists: the one question without an error for "no".

import type { Engine } from '../engine.ts'
import { findImage } from './resolve.ts'

export async function exists(engine: Engine, image: string): Promise<boolean> {
  return (await findImage(engine, image)) !== undefined
}
