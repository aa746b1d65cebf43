import { expect, test } from 'vitest'
import { compileEventFilters } from '../../../src/engine/system/event-filter.ts'
import type { Event } from '../../../src/event/journal.ts'

const time = '2024-05-01T10:00:00.000000001Z'
const always = { sinceNs: undefined, untilNs: undefined }
const web: Event = { time, type: 'container', status: 'died', id: 'abc123', name: 'web', attributes: { tier: 'front' } }
const image: Event = { time, type: 'image', status: 'pull', id: 'abc999', name: 'localhost/web' }
const volume: Event = { time, type: 'volume', status: 'create', name: 'data-1' }

test.each<[readonly string[], readonly Event[]]>([
  [[], [web, image, volume]],
  [['container=web'], [web]],
  [['container=abc'], [web]],
  [['CONTAINER=nobody'], []],
  [['image=abc'], [image]],
  [['volume=data'], [volume]],
  [
    ['type=container', 'type=image'],
    [web, image],
  ],
  [['event=die'], [web]],
  [['status=died', 'event=pull'], []],
  [
    ['event=died', 'event=pull'],
    [web, image],
  ],
  [['type=container', 'event=pull'], []],
  [['label=tier=front'], [web]],
  [['label=tier'], [web]],
  [['label=tier=back'], []],
  [['label=constructor'], []],
])('compileEventFilters %j', (filters, expected) => {
  expect([web, image, volume].filter(compileEventFilters(filters, always))).toEqual(expected)
})

test('compileEventFilters keeps what is between since and until', () => {
  const ns = BigInt(Date.parse('2024-05-01T10:00:00Z')) * 1_000_000n + 1n
  const isKept = (sinceNs: bigint, untilNs: bigint) => compileEventFilters([], { sinceNs, untilNs })(web)
  expect([isKept(ns - 1n, ns + 1n), isKept(ns, ns + 1n), isKept(ns - 1n, ns)]).toEqual([true, false, false])
})

test.each(['nonsense', 'colour=red'])('compileEventFilters refuses %s', (text) => {
  expect(() => compileEventFilters([text], always)).toThrow(/failed to parse event filters: .* is an invalid filter/)
})
