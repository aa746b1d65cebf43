import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OuterIds, parseIdMap, resolveIdMap } from '../../../src/spec/id-map-flags.ts'

const host: OuterIds = { isRootless: false, ranges: [{ containerID: 0, hostID: 0, size: 4294967295 }] }
/** 0 is 1000, 1… are 100000…, 11… are 5000…. */
const users: OuterIds = {
  isRootless: true,
  ranges: [
    { containerID: 0, hostID: 1000, size: 1 },
    { containerID: 1, hostID: 100000, size: 10 },
    { containerID: 11, hostID: 5000, size: 10 },
  ],
}

function resolved(texts: readonly string[], outer: OuterIds, kind: 'uid' | 'gid' = 'uid'): string[] {
  const mappings = resolveIdMap(texts.map(parseIdMap), kind, outer)
  return mappings.map(({ containerID, hostID, size }) => `${containerID}:${hostID}:${size}`)
}

describe('parseIdMap', () => {
  test('reads flags, the host’s mark and the count', () => {
    expect(parseIdMap('+g100000:@2000')).toEqual({
      isExtending: true,
      kinds: ['gid'],
      isOfHost: true,
      mapping: { containerID: 100000, hostID: 2000, size: 1 },
    })
    expect(parseIdMap('ug0:1:65536')).toMatchObject({ isExtending: false, kinds: ['uid', 'gid'], isOfHost: false })
  })

  test.each([
    '',
    '0',
    '0:',
    ':1',
    'x0:1:1',
    '0:1:2:3',
    '0:-1:1',
    '0:+1:1',
    '@0:1:1',
    '4294967295:0:1',
    '0:4294967290:9',
  ])('%j is refused', (text) => expect(() => parseIdMap(text)).toThrow('a mapping of ids is'))
})

describe('resolveIdMap', () => {
  test.each([
    [['0:200000:5000'], ['0:200000:5000']],
    [
      ['0:5', '1:6', '2:9'],
      ['0:5:2', '2:9:1'],
    ],
    [
      ['5:10:2', '0:0:1', '1:1:0'],
      ['0:0:1', '5:10:2'],
    ],
    [
      ['0:2000:100000', '+1:100:1'],
      ['0:2000:1', '1:100:1', '2:2002:99998'],
    ],
    [
      ['0:0:20', '+10:1:1'],
      ['0:0:1', '2:2:8', '10:1:1', '11:11:9'],
    ],
    [
      ['0:0:20', '24:24:6', '+7:1000:2', '+12:2000:3', '+18:3000:7'],
      ['0:0:7', '7:1000:2', '9:9:3', '12:2000:3', '15:15:3', '18:3000:7', '25:25:5'],
    ],
    [['g0:0:5', 'u0:7:1'], ['0:7:1']],
    [['3:@77:2'], ['3:77:2']],
  ])('as root: %j', (texts, wanted) => expect(resolved(texts, host)).toEqual(wanted))

  test.each([
    [['0:1:10'], ['0:1:10']],
    // The kernel takes no mapping over a border of the user's: 0 is the user, 1 to 10 and 11 to 20 are the subordinate ids.
    [['0:0:15'], ['0:0:1', '1:1:10', '11:11:4']],
    [
      ['0:@100009:1', '1:@5000:2'],
      ['0:10:1', '1:11:2'],
    ],
    [['7:@1000'], ['7:0:1']],
    // What is left over fills the gaps.
    [['+20:@5003'], ['0:0:1', '1:1:10', '11:11:3', '14:15:6', '20:14:1']],
    [['+5:0:1'], ['0:1:5', '5:0:1', '6:6:5', '11:11:10']],
    [['g5:0:1'], ['0:0:1', '1:1:10', '11:11:10']],
  ])('as an ordinary user: %j', (texts, wanted) => expect(resolved(texts, users)).toEqual(wanted))

  test('an id of the host’s that the user does not have is refused', () => {
    expect(() => resolved(['0:@7'], users)).toThrow('parent ID UID 7 is not mapped/delegated')
    expect(() => resolved(['0:@100009:2'], users, 'gid')).toThrow('parent ID GID 100009 is not mapped/delegated')
  })

  test('extending never maps an id twice, and what is said last holds', () => {
    const one = fc.record({ to: fc.nat(30), from: fc.nat(20), size: fc.integer({ min: 1, max: 8 }) })
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), (list) => {
        const texts = list.map(({ to, from, size }) => `+${to}:${from}:${size}`)
        const mappings = resolveIdMap(texts.map(parseIdMap), 'uid', users)
        const ids = mappings.flatMap(({ containerID, hostID, size }) =>
          Array.from({ length: size }, (_, index) => [containerID + index, hostID + index] as const),
        )
        expect(new Set(ids.map(([inside]) => inside)).size).toBe(ids.length)
        expect(new Set(ids.map(([, outside]) => outside)).size).toBe(ids.length)
        const { to = 0, from = 0, size = 0 } = list.at(-1) ?? {}
        const last = Array.from({ length: size }, (_, index) => [to + index, from + index])
        expect(ids).toEqual(expect.arrayContaining(last))
      }),
    )
  })
})
