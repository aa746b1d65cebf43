import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { constants as zlib, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decompress } from '../../../src/image/decompress.ts'
import { splitZstdFrames } from '../../../src/image/zstd-frames.ts'

const contents = [
  Buffer.from('short'),
  Buffer.alloc(300_000),
  randomBytes(200_000),
  Buffer.alloc(0),
  Buffer.from('text '.repeat(60_000)),
]
const withSum = { params: { [zlib.ZSTD_c_checksumFlag]: 1 } }
const skippable = Buffer.concat([Buffer.from('502a4d1805000000', 'hex'), Buffer.from('aside')])
const stream = Buffer.concat([
  skippable,
  ...contents.flatMap((content, at) => [zstdCompressSync(content, at % 2 === 0 ? withSum : {}), skippable]),
])

const inPieces = (bytes: Buffer, size: number) =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size)),
  )

test.each([61, 4096, stream.length])('frames after each other are one stream, arriving by %i bytes', async (size) => {
  const plain = Buffer.concat((await decompress(inPieces(stream, size), 'zstd').toArray()) as Buffer[])
  expect(plain.equals(Buffer.concat(contents))).toBe(true)
})

test('what ends in the middle, or is none, is still an error', async () => {
  const cut = inPieces(stream.subarray(0, stream.length - 1000), 4096)
  await expect(decompress(cut, 'zstd').toArray()).rejects.toThrow()
  const odd = inPieces(Buffer.concat([zstdCompressSync(contents[0] as Buffer), Buffer.from('no frame')]), 4096)
  await expect(decompress(odd, 'zstd').toArray()).rejects.toThrow()
})

test('what is no zstd goes on as it is', async () => {
  const bytes = randomBytes(1000)
  expect(Buffer.concat((await inPieces(bytes, 7).pipe(splitZstdFrames()).toArray()) as Buffer[]).equals(bytes)).toBe(
    true,
  )
})
