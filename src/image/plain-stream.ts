// A stream whose compression is told by its first bytes.

import { Readable } from 'node:stream'
import { filterProgram } from '../os/filter-program.ts'
import { type Compression, compressionOf, decompress } from './decompress.ts'
import { blockBytes, decodeHeader, isZeroBlock } from './tar-header.ts'

export interface PeekedStream {
  /** At least so many bytes, unless the stream is shorter. */
  readonly beginning: Buffer
  /** All of it, from the beginning on. */
  readonly stream: Readable
}

/** Reads the beginning without losing it. Errors of the source are thrown, or surface later as the stream's. */
async function peekStream(source: Readable, bytes: number): Promise<PeekedStream> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let beginning = Buffer.alloc(0)
  while (beginning.length < bytes) {
    const { done, value } = await chunks.next()
    if (done === true) break
    beginning = Buffer.concat([beginning, value])
  }
  return { beginning, stream: Readable.from(restOf(beginning, chunks), { objectMode: false }) }
}

const longestMagic = 8

/** Uncompressed; xz and bzip2 by the programs of that name. */
export async function plainStream(source: Readable): Promise<Readable> {
  const { beginning, stream } = await peekStream(source, longestMagic)
  return unpackedStream(stream, compressionOf(beginning))
}

/** The uncompressed stream, and whether it is a tar archive. A stream that only begins like a compressed one is none. */
export async function openMaybeTar(source: Readable): Promise<{ readonly stream: Readable; readonly isTar: boolean }> {
  const { beginning, stream } = await peekStream(await plainStream(source), blockBytes)
  return { stream, isTar: isTarHeader(beginning) }
}

/** As plainStream, where it is known how. */
export function unpackedStream(source: Readable, compression: Compression): Readable {
  if (compression === 'xz' || compression === 'bzip2') return filterProgram(source, compression, ['-dc'])
  return decompress(source, compression)
}

/** An archive may be empty: then its end begins it. */
function isTarHeader(beginning: Buffer): boolean {
  if (beginning.length < blockBytes) return false
  const block = beginning.subarray(0, blockBytes)
  if (isZeroBlock(block)) return true
  try {
    decodeHeader(block)
    return true
  } catch {
    return false
  }
}

async function* restOf(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  for (;;) {
    const { done, value } = await chunks.next()
    if (done === true) return
    yield value
  }
}
