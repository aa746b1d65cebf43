import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allotIds, parseAuto } from '../../../src/spec/auto-user-namespace.ts'
import type { IdMapping } from '../../../src/spec/oci-config.ts'

const none = { uids: [], gids: [] }
const request = (containerID: number, hostID: number, size: number) => ({
  isExtending: false,
  kinds: ['uid', 'gid'],
  isOfHost: false,
  mapping: { containerID, hostID, size },
})

describe('parseAuto', () => {
  test.each([
    ['', { kind: 'auto', forced: none }],
    ['size=3000', { kind: 'auto', size: 3000, forced: none }],
    [
      'uidmapping=0:5:1,uidmapping=7:8:9,gidmapping=1:2:3,size=9',
      {
        kind: 'auto',
        size: 9,
        forced: {
          uids: [request(0, 5, 1), request(7, 8, 9)],
          gids: [request(1, 2, 3)],
        },
      },
    ],
  ])('%s', (text, wanted) => expect(parseAuto(text)).toEqual(wanted))

  test.each([
    'size=0',
    'size=x',
    'size=',
    'size',
    'uidmapping=1',
    'uidmapping=+0:5:1',
    'gidmapping=0:4294967295:2',
    'uid=1',
  ])('%s is refused', (text) =>
    expect(() => parseAuto(text)).toThrow(
      JSON.stringify(text.startsWith('uid=') || text === 'size' ? text : text.split('=')[1]),
    ),
  )
})

describe('allotIds', () => {
  test('takes the first free ids', () => {
    const at = { forced: [], available: [{ start: 100, end: 200 }] }
    expect(allotIds({ ...at, size: 10, used: [] })).toEqual([{ containerID: 0, hostID: 100, size: 10 }])
    expect(allotIds({ ...at, size: 10, used: [{ start: 100, end: 110 }] })).toEqual([
      { containerID: 0, hostID: 110, size: 10 },
    ])
    expect(allotIds({ ...at, size: 10, used: [{ start: 104, end: 110 }] })).toEqual([
      { containerID: 0, hostID: 100, size: 4 },
      { containerID: 4, hostID: 110, size: 6 },
    ])
  })

  test('leaves what is forced out, inside and outside', () => {
    const forced = [{ containerID: 2, hostID: 101, size: 1 }]
    expect(allotIds({ size: 4, forced, available: [{ start: 100, end: 200 }], used: [] })).toEqual([
      { containerID: 0, hostID: 100, size: 1 },
      { containerID: 1, hostID: 102, size: 1 },
      { containerID: 3, hostID: 103, size: 1 },
      ...forced,
    ])
  })

  test('ends where there are no more', () => {
    const at = { forced: [], available: [{ start: 1, end: 11 }] }
    expect(allotIds({ ...at, size: 10, used: [] })).toEqual([{ containerID: 0, hostID: 1, size: 10 }])
    expect(() => allotIds({ ...at, size: 11, used: [] })).toThrow('not enough unused IDs')
    expect(() => allotIds({ ...at, size: 10, used: [{ start: 5, end: 6 }] })).toThrow('not enough unused IDs')
  })

  test('containers that come and go never share an id, and each has all that it asked for', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('create' as const), size: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ kind: fc.constant('remove' as const), which: fc.nat(10) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const alive: IdMapping[][] = []
        for (const each of steps) {
          if (each.kind === 'remove') alive.splice(each.which, 1)
          else tryAllot(alive, each.size)
          const ids = alive
            .flat()
            .flatMap(({ hostID, size }) => Array.from({ length: size }, (_, index) => hostID + index))
          expect(new Set(ids).size).toBe(ids.length)
          expect(ids.every((id) => (id >= 10 && id < 60) || (id >= 100 && id < 150))).toBe(true)
        }
      }),
    )
  })
})

function tryAllot(alive: IdMapping[][], size: number): void {
  const used = alive.flat().map((mapping) => ({ start: mapping.hostID, end: mapping.hostID + mapping.size }))
  const free = 100 - used.reduce((sum, { start, end }) => sum + end - start, 0)
  const available = [
    { start: 100, end: 150 },
    { start: 10, end: 60 },
  ]
  const act = () => allotIds({ size, forced: [], available, used })
  if (size > free) return void expect(act).toThrow('not enough')
  const mappings = act()
  expect(mappings.reduce((sum, mapping) => sum + mapping.size, 0)).toBe(size)
  expect(mappings.map(({ containerID }) => containerID)).toEqual(
    mappings.map((_, index) => mappings.slice(0, index).reduce((sum, mapping) => sum + mapping.size, 0)),
  )
  alive.push(mappings)
}
