import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/base/errors.ts'
import type { TarEntry } from '../../../src/image/tar-entry.ts'
import { createTarReader } from '../../../src/image/tar-reader.ts'
import { encodeMember, tarEnd, tarPadding } from '../../../src/image/tar-writer.ts'
import { block, end, member, padded, pax, seal } from './tar-bytes.ts'

interface Read {
  entry: TarEntry
  parts: { position: number; text: string }[]
}

function read(bytes: Buffer, chunkSize = 700): Read[] {
  const members: Read[] = []
  let ended = 0
  const reader = createTarReader({
    entry: (entry) => void members.push({ entry, parts: [] }),
    data: (chunk, position) => void members.at(-1)?.parts.push({ position, text: chunk.toString('latin1') }),
    endEntry: () => void ended++,
  })
  for (let at = 0; at < bytes.length; at += chunkSize) reader.write(bytes.subarray(at, at + chunkSize))
  reader.end()
  expect(ended).toBe(members.length)
  return members
}

const contentOf = (one: Read | undefined) => one?.parts.map(({ text }) => text).join('')
const refusal = (bytes: Buffer) => {
  try {
    read(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError)
    return (error as EngineError).code
  }
  return 'accepted'
}

describe('createTarReader', () => {
  test('reads members whatever the chunks are', () => {
    const archive = Buffer.concat([
      member({ name: 'a' }, 'hello'),
      member({ name: 'd/', type: '5' }),
      member({ name: 'd/b' }, 'x'.repeat(513)),
      end,
    ])
    for (const chunkSize of [1, 7, 511, 512, 513, 4096]) {
      const found = read(archive, chunkSize)
      expect(found.map(({ entry }) => [entry.name, entry.type])).toEqual([
        ['a', 'file'],
        ['d/', 'folder'],
        ['d/b', 'file'],
      ])
      expect(contentOf(found[0])).toBe('hello')
      expect(contentOf(found[2])).toBe('x'.repeat(513))
    }
  })

  test.each([
    ['ustar prefix', member({ name: 'b', prefix: 'a/long' }), 'a/long/b'],
    ['GNU block without prefix', member({ name: 'b', prefix: 'not a prefix', magic: 'ustar  \0' }), 'b'],
    [
      'GNU long name',
      Buffer.concat([member({ type: 'L' }, `${'n'.repeat(300)}\0`), member({ name: 'cut' })]),
      'n'.repeat(300),
    ],
    ['pax path', Buffer.concat([pax(['path=über']), member({ name: 'cut' })]), 'über'],
    ['pax wins over GNU', Buffer.concat([member({ type: 'L' }, 'gnu\0'), pax(['path=pax']), member({})]), 'pax'],
    [
      'global pax header is ignored',
      Buffer.concat([member({ type: 'g' }, '14 path=wrong\n'), member({ name: 'own' })]),
      'own',
    ],
    ['name that is not UTF-8', member({ name: 'caf\xe9' }), 'caf\xe9'],
  ])('takes the name from: %s', (_, bytes, name) => {
    expect(read(Buffer.concat([bytes, end]))[0]?.entry.name).toBe(name)
  })

  test('keeps nanoseconds, negative times and binary attributes', () => {
    const found = read(
      Buffer.concat([pax(['mtime=-1.25', 'SCHILY.xattr.user.x=\0\xff=\n1', 'uid=3000000']), member({}), end]),
    )
    expect(found[0]?.entry).toMatchObject({ mtimeNs: -1_250_000_000n, uid: 3_000_000 })
    expect(found[0]?.entry.xattrs).toEqual([{ key: 'user.x', value: Buffer.from('\0\xff=\n1', 'latin1') }])
  })

  test('gives links no content, whatever their size says', () => {
    const found = read(
      Buffer.concat([block({ name: 'l', type: '1', link: 'a', size: 4096 }), member({ name: 'next' }, 'z'), end]),
    )
    expect(found.map(({ entry }) => entry.name)).toEqual(['l', 'next'])
  })

  test('accepts an archive without end mark', () => {
    expect(read(member({ name: 'a' }, 'x'))).toHaveLength(1)
    expect(read(Buffer.alloc(0))).toHaveLength(0)
  })

  test.each([
    ['negative size', block({ size: Buffer.from('ffffffffffffffffffffff00', 'hex') }), 'tar-header-malformed'],
    ['size beyond 2^53', block({ size: Buffer.from('807fffffffffffffffffffff', 'hex') }), 'tar-header-malformed'],
    ['size that is no number', block({ size: '12x4567' }), 'tar-header-malformed'],
    ['wrong checksum', block({ checksum: 1 }), 'tar-header-malformed'],
    ['garbage', Buffer.from('hello'.repeat(200)), 'tar-header-malformed'],
    ['unknown type', member({ type: 'Q' }), 'tar-type-unknown'],
    ['cut in a header', member({}).subarray(0, 300), 'tar-truncated'],
    ['cut in content', member({}, 'x'.repeat(2000)).subarray(0, 1000), 'tar-truncated'],
    ['cut after a pax header', pax(['path=a']), 'tar-truncated'],
    ['a member after one zero block', Buffer.concat([Buffer.alloc(512), member({})]), 'tar-header-malformed'],
    ['pax header of 2 MiB', block({ type: 'x', size: 2 ** 21 }), 'tar-header-malformed'],
    ['long name of 2 GiB', block({ type: 'L', size: 2 ** 31 }), 'tar-header-malformed'],
    ['pax record of wrong length', member({ type: 'x' }, '99 path=a\n'), 'tar-header-malformed'],
    ['pax record without key', member({ type: 'x' }, '5 =a\n'), 'tar-header-malformed'],
    ['negative pax size', Buffer.concat([pax(['size=-1']), member({})]), 'tar-header-malformed'],
    ['pax path with NUL', Buffer.concat([pax(['path=a\0b']), member({})]), 'tar-header-malformed'],
    ['owner -1', Buffer.concat([pax(['uid=4294967295']), member({})]), 'tar-header-malformed'],
  ])('refuses: %s', (_, bytes, code) => {
    expect(refusal(Buffer.concat([bytes, code === 'tar-truncated' ? Buffer.alloc(0) : end]))).toBe(code)
  })

  test('any bytes are refused with an EngineError or read, never crash', () => {
    const valid = Buffer.concat([
      pax(['path=abc', 'mtime=1.5']),
      member({ name: 'a' }, 'hello'),
      member({ type: 'L' }, 'x\0'),
      member({}),
      end,
    ])
    const damage = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(damage, fc.boolean(), (changes, isSealed) => {
        const bytes = Buffer.from(valid)
        for (const [at, value] of changes) bytes[at] = value
        if (isSealed) for (let at = 0; at < bytes.length - 1024; at += 512) seal(bytes.subarray(at, at + 512))
        refusal(bytes)
      }),
      { numRuns: 300 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => void refusal(Buffer.from(bytes))))
  })
})

describe('sparse members', () => {
  const sizes = { name: 'sparse', size: 6 }

  test('pax 0.0 and 0.1', () => {
    const v00 = [
      'GNU.sparse.size=100',
      'GNU.sparse.numblocks=2',
      'GNU.sparse.offset=10',
      'GNU.sparse.numbytes=3',
      'GNU.sparse.offset=90',
      'GNU.sparse.numbytes=3',
    ]
    const v01 = ['GNU.sparse.size=100', 'GNU.sparse.map=10,3,90,3', 'GNU.sparse.name=real']
    for (const records of [v00, v01]) {
      const [found] = read(Buffer.concat([pax(records), member(sizes, 'abcdef'), end]))
      expect(found?.entry.size).toBe(100)
      expect(found?.parts).toEqual([
        { position: 10, text: 'abc' },
        { position: 90, text: 'def' },
      ])
    }
  })

  test('pax 1.0, map longer than a block', () => {
    const count = 200
    const map = `${count}\n${Array.from({ length: count }, (_, index) => `${index * 1000}\n1\n`).join('')}`
    const content = Buffer.concat([padded(map), Buffer.from('y'.repeat(count))])
    const records = ['GNU.sparse.major=1', 'GNU.sparse.minor=0', 'GNU.sparse.name=real', 'GNU.sparse.realsize=1000000']
    for (const chunkSize of [100, 512, 10_000]) {
      const [found] = read(Buffer.concat([pax(records), member({}, content.toString('latin1')), end]), chunkSize)
      expect(found?.entry).toMatchObject({ name: 'real', size: 1_000_000 })
      expect(found?.parts).toHaveLength(count)
      expect(found?.parts.at(-1)).toEqual({ position: (count - 1) * 1000, text: 'y' })
    }
  })

  test.each([
    ['overlapping', '0,4,2,2'],
    ['past the end', '98,6'],
    ['more than is stored', '0,50'],
    ['odd', '0,6,7'],
    ['not numbers', '0,six'],
  ])('refuses a map that is %s', (_, map) => {
    expect(
      refusal(Buffer.concat([pax(['GNU.sparse.size=100', `GNU.sparse.map=${map}`]), member(sizes, 'abcdef'), end])),
    ).toBe('tar-header-malformed')
  })

  test('refuses a 1.0 map of absurd length', () => {
    const records = ['GNU.sparse.major=1', 'GNU.sparse.realsize=10', 'GNU.sparse.name=x']
    for (const map of ['99999999999\n', '-1\n', 'x\n', '7\n1\n']) {
      expect(refusal(Buffer.concat([pax(records), member({}, map), end]))).toBe('tar-header-malformed')
    }
  })
})

describe('encodeMember', () => {
  const entryArbitrary = fc.record({
    type: fc.constantFrom('file', 'symlink', 'fifo', 'character-device') as fc.Arbitrary<TarEntry['type']>,
    name: fc.stringMatching(/^[\x20-\xff]{1,300}$/).filter((name) => !name.endsWith('/')),
    linkName: fc.stringMatching(/^[\x20-\xff]{0,200}$/),
    mode: fc.nat(0o7777),
    uid: fc.nat(4_000_000_000),
    gid: fc.nat(4_000_000_000),
    mtimeNs: fc.bigInt(-(2n ** 61n), 2n ** 62n),
    size: fc.nat(3000),
    xattrs: fc.uniqueArray(
      fc.record({
        key: fc.stringMatching(/^user\.[a-z]{1,9}$/),
        value: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      }),
      { selector: ({ key }) => key, maxLength: 3 },
    ),
  })

  test('what is written reads back as itself', () => {
    fc.assert(
      fc.property(entryArbitrary, (fields) => {
        const entry: TarEntry = { major: 0, minor: 0, ...fields, size: fields.type === 'file' ? fields.size : 0 }
        const content = Buffer.alloc(entry.size, 7)
        const [found] = read(Buffer.concat([encodeMember(entry), content, tarPadding(entry.size), tarEnd()]))
        const sorted = (xattrs: TarEntry['xattrs']) => xattrs.toSorted((one, other) => (one.key < other.key ? -1 : 1))
        expect({ ...found?.entry, xattrs: sorted(found?.entry.xattrs ?? []) }).toEqual({
          ...entry,
          xattrs: sorted(entry.xattrs),
        })
      }),
    )
  })
})
