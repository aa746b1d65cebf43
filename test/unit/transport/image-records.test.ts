import { expect, test } from 'vitest'
import { nameHistoryOf, namesOf } from '../../../src/transport/image-records.ts'

const schema = 1
const name = (reference: string, imageId: string, second: number) => ({
  ...{ schema, reference, imageId },
  taggedAt: `2026-01-01T00:00:0${second}.000Z`,
})

test('nameHistoryOf has the names of now first, the oldest before the others, then those of before', () => {
  const names = [name('localhost/c:1', 'x', 3), name('localhost/a:1', 'x', 1), name('localhost/b:1', 'y', 2)]
  const nameHistory = ['localhost/c:1', 'localhost/gone:1', 'localhost/a:1', 'localhost/b:1']
  const expected = ['localhost/a:1', 'localhost/c:1', 'localhost/gone:1', 'localhost/b:1']
  expect(nameHistoryOf(names, { id: 'x', nameHistory })).toEqual(expected)
  expect(nameHistoryOf(names, { id: 'y' })).toEqual(['localhost/b:1'])
  expect(nameHistoryOf([], { id: 'x', nameHistory })).toEqual(nameHistory)
})

test('namesOf has the newest name first, and those of one instant by name', () => {
  const names = [
    ['a', 1],
    ['d', 2],
    ['b', 2],
    ['c', 3],
  ] as const
  const all = [...names.map(([tag, second]) => name(`localhost/${tag}:1`, 'x', second)), name('localhost/y:1', 'y', 9)]
  expect(namesOf(all, 'x')).toEqual(['c', 'b', 'd', 'a'].map((tag) => `localhost/${tag}:1`))
})
