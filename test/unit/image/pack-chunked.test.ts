import { execFileSync } from 'node:child_process'
import { createCipheriv, createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestOf } from '../../../src/base/digest.ts'
import { crc64 } from '../../../src/image/crc64.ts'
import { decompress } from '../../../src/image/decompress.ts'
import { chunkedPacker } from '../../../src/image/pack-chunked.ts'
import { contentsPlace, layerParts, readContents } from '../../../src/image/zstd-chunked.ts'

let folder: string
/** Always the same, or it would be cut now here, now there. */
const large = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(3 << 20))

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-chunked-'))
  mkdirSync(join(folder, 'tree/sub'), { recursive: true })
  writeFileSync(join(folder, 'tree/small'), 'small\n')
  writeFileSync(join(folder, 'tree/empty'), '')
  writeFileSync(join(folder, 'tree/sub/large'), large)
  symlinkSync('small', join(folder, 'tree/link'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const tarOf = (...flags: string[]) =>
  execFileSync('tar', ['-C', folder, '--sort=name', ...flags, '-cf', '-', 'tree'], { maxBuffer: 1 << 26 })

async function pack(tar: Buffer, pieceBytes = 70_000) {
  const pieces = Array.from({ length: Math.ceil(tar.length / pieceBytes) }, (_, at) =>
    tar.subarray(at * pieceBytes, (at + 1) * pieceBytes),
  )
  const { through, annotations } = chunkedPacker(undefined)
  const packed = Buffer.concat(await Readable.from(pieces).pipe(through).toArray())
  return { packed, annotations: annotations() }
}

function contentsOf({ packed, annotations }: Awaited<ReturnType<typeof pack>>) {
  const digest = digestOf(packed)
  const place = contentsPlace({ mediaType: '', digest, size: packed.length, ...(annotations && { annotations }) })
  if (place === undefined) throw new Error('no table of contents')
  const entries = readContents(packed.subarray(place.offset, place.offset + place.length), place)
  if (entries === undefined) throw new Error('the table of contents cannot be read')
  return { entries, parts: layerParts(entries, place.offset - 8), place }
}

const unpack = async (packed: Buffer) =>
  Buffer.concat((await decompress(Readable.from([packed]), 'zstd').toArray()) as Buffer[])

describe('a tar as zstd:chunked', () => {
  test('is the tar again when it is unpacked, whatever pieces it came in', async () => {
    const tar = tarOf()
    const first = await pack(tar)
    expect((await unpack(first.packed)).equals(tar)).toBe(true)
    expect((await pack(tar, 511)).packed.equals(first.packed)).toBe(true)
  })

  test('lists its members, with where their content is', async () => {
    const done = await pack(tarOf())
    const { entries, parts } = contentsOf(done)
    expect(entries.filter(({ type }) => type !== 'chunk').map(({ type, name }) => [type, name])).toEqual([
      ['dir', 'tree/'],
      ['reg', 'tree/empty'],
      ['symlink', 'tree/link'],
      ['reg', 'tree/small'],
      ['dir', 'tree/sub/'],
      ['reg', 'tree/sub/large'],
    ])
    const small = entries.find(({ name }) => name === 'tree/small')
    const packed = done.packed.subarray(small?.offset, small?.endOffset)
    expect(zstdDecompressSync(packed).toString()).toBe('small\n')
    expect(small).toMatchObject({ size: 6, digest: `sha256:${createHash('sha256').update('small\n').digest('hex')}` })
    const pieces = entries.filter(({ name }) => name === 'tree/sub/large')
    expect(pieces.length).toBeGreaterThan(2)
    const end = pieces[0]?.endOffset
    const contents = pieces.map(({ offset }, at) =>
      zstdDecompressSync(done.packed.subarray(offset, pieces[at + 1]?.offset ?? end)),
    )
    expect(Buffer.concat(contents).equals(large)).toBe(true)
    expect(parts?.[0]?.start).toBe(0)
    for (const [at, part] of (parts ?? []).entries()) expect(part.start).toBe(at === 0 ? 0 : parts?.[at - 1]?.end)
  })

  test('a change in one file leaves the other parts what they mean', async () => {
    const meanings = async () => new Set(contentsOf(await pack(tarOf('--mtime=@0'))).parts?.map((part) => part.meaning))
    const before = await meanings()
    writeFileSync(
      join(folder, 'tree/sub/large'),
      Buffer.concat([large.subarray(0, 1000), Buffer.from('x'), large.subarray(1000)]),
    )
    const after = await meanings()
    writeFileSync(join(folder, 'tree/sub/large'), large)
    const shared = [...after].filter((meaning) => before.has(meaning))
    // The first piece of the large file, and the headers before it, which tell its length.
    expect(after.size - shared.length).toBeLessThanOrEqual(3)
    expect(shared.filter((meaning) => meaning.startsWith('content')).length).toBeGreaterThan(2)
  })

  test.each([
    ['times of access', ['--format=pax', '--pax-option=atime:=1']],
    ['sparse files', ['--sparse']],
  ])('%s: an ordinary zstd stream', async (_, flags) => {
    truncateSync(join(folder, 'tree/empty'), 1 << 20)
    const tar = tarOf(...flags)
    writeFileSync(join(folder, 'tree/empty'), '')
    const { packed, annotations } = await pack(tar)
    expect(annotations).toBeUndefined()
    expect((await unpack(packed)).equals(tar)).toBe(true)
  })

  test('names that are no text: an ordinary zstd stream', async () => {
    const odd = Buffer.concat([Buffer.from(join(folder, 'tree/')), Buffer.from([0xff])])
    writeFileSync(odd, '')
    const tar = tarOf()
    rmSync(odd)
    const { packed, annotations } = await pack(tar)
    expect(annotations).toBeUndefined()
    expect((await unpack(packed)).equals(tar)).toBe(true)
  })
})

// The check values of the CRC catalogue: CRC-64/GO-ISO.
test('crc64', () => {
  const sum = crc64()
  sum.update(Buffer.from('12345'))
  sum.update(Buffer.from('6789'))
  expect(sum.digest().toString('hex')).toBe('b90956c775a41001')
})
