// ADD of an archive: its members into the target folder, as tar(1) would put them there.

import { constants, createReadStream, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { EngineError } from '../../base/errors.ts'
import { openMaybeTar } from '../../image/plain-stream.ts'
import { createTarReader, type TarHandler } from '../../image/tar-reader.ts'
import { overLimit, type UnpackLimits } from '../../image/unpack-limits.ts'
import type { Engine } from '../engine.ts'
import { openArchivePutter, type PutTarget } from './put-sources.ts'
import type { WalkedEntry } from './source-walk.ts'

export interface ArchiveSource {
  readonly target: PutTarget
  readonly entry: WalkedEntry
}

/**
 * Plain, gzip, zstd, xz or bzip2. Members keep their owners, whatever --chown says: buildah does that, BuildKit does not.
 * @returns false for what is no archive: then nothing has been done
 * @throws invalid (`tar-…`, `layer-too-large`); as openArchivePutter
 */
export async function unpackArchive(engine: Engine, { target, entry }: ArchiveSource): Promise<boolean> {
  if (!entry.stat.isFile()) return false
  const fd = openSync(`/proc/self/fd/${entry.fd}`, constants.O_RDONLY | constants.O_NONBLOCK)
  // It closes the descriptor when it ends or is destroyed.
  const source = createReadStream('', { fd, highWaterMark: 1 << 20 })
  try {
    const tar = await tarOf(source)
    if (tar === undefined) return false
    using putter = openArchivePutter(target, true)
    const { unpackLimits } = engine.settings
    const reader = createTarReader(limited(putter, unpackLimits))
    let bytes = 0
    for await (const chunk of tar as AsyncIterable<Buffer>) {
      engine.signal.throwIfAborted()
      bytes += chunk.length
      if (bytes > unpackLimits.totalBytes) throw overLimit(`unpacks to more than ${unpackLimits.totalBytes} bytes`)
      reader.write(chunk)
    }
    reader.end()
    putter.finish()
    return true
  } finally {
    source.destroy()
  }
}

/** What cannot be uncompressed only looked like an archive. */
async function tarOf(source: Readable): Promise<Readable | undefined> {
  try {
    const { stream, isTar } = await openMaybeTar(source)
    if (isTar) return stream
    stream.destroy()
  } catch (error) {
    if (error instanceof EngineError && error.code === 'program-not-found') throw error
  }
  return undefined
}

function limited(handler: TarHandler, limits: UnpackLimits): TarHandler {
  let entries = 0
  return {
    entry(entry) {
      entries += 1
      if (entries > limits.entries) throw overLimit(`holds more than ${limits.entries} members`)
      if (entry.size > limits.fileBytes) throw overLimit(`holds a file of ${entry.size} bytes`)
      handler.entry(entry)
    },
    data: (chunk, position) => handler.data(chunk, position),
    endEntry: () => handler.endEntry(),
  }
}
