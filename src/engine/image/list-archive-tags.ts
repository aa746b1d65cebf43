// The names of the images in a docker-archive.

import { openArchive } from '../../transport/open-archive.ts'
import type { Engine } from '../engine.ts'
import { archiveFormat, imagesIn, notThatFormat } from './archive-images.ts'

/** @throws not-found `archive-missing`; invalid `archive-malformed` */
export async function listArchiveTags(engine: Engine, path: string): Promise<string[]> {
  using files = await openArchive(engine.at, path, engine.signal)
  const format = archiveFormat(files)
  if (format !== 'docker-archive') throw notThatFormat(files, { found: format, wanted: 'docker-archive' })
  return imagesIn(files, format).flatMap(({ names }) => names)
}
