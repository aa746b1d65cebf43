// volume import: a tar's members into a volume, over what is there. Nothing that the tar says leads out of the volume.

import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { EngineError, errnoOf } from '../../base/errors.ts'
import { plainStream } from '../../image/plain-stream.ts'
import { unpackStream } from '../../image/unpack.ts'
import { lockVolume, saveVolume } from '../../volume/volume-store.ts'
import type { Engine } from '../engine.ts'
import { contentOf } from './export.ts'
import { findVolume, volumeUnknown } from './find-volume.ts'

export type TarballInput =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'stream'; readonly stream: Readable }

/**
 * Plain or compressed. What is there keeps its place unless a member takes it. The first container that uses the volume finds it filled.
 * @throws not-found `volume-unknown`, `archive-missing`; conflict `volume-unmounted`; invalid (`tar-…`); unavailable `disk-full`
 */
export async function importVolume(engine: Engine, text: string, input: TarballInput): Promise<void> {
  const { name } = findVolume(engine, text)
  using locked = await lockVolume(engine.at, name, engine.patience)
  if (locked === undefined) throw volumeUnknown(name)
  const folder = contentOf(engine, locked.record)
  const stream = await plain(input)
  const request = { folder, whiteouts: 'none', limits: engine.settings.unpackLimits } as const
  const stopIfAborted = () => engine.signal.throwIfAborted()
  const { missingLinks } = await unpackStream(stream, request, stopIfAborted)
  saveVolume(engine.at, { ...locked.record, copyUp: 'done', needsChown: false })
  for (const { path, target } of missingLinks) {
    engine.report({
      type: 'warning',
      message: `'${path}' was left out: it is a hard link to '${target}', which is not there`,
    })
  }
}

/** By its first bytes. */
async function plain(input: TarballInput): Promise<Readable> {
  if (input.kind === 'stream') return plainStream(input.stream)
  try {
    return await plainStream(createReadStream(input.path, { highWaterMark: 1 << 20 }))
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    throw new EngineError({
      kind: 'not-found',
      code: 'archive-missing',
      message: `open ${input.path}: no such file or directory`,
    })
  }
}
