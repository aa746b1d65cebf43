import { expect, test } from 'vitest'
import { nameHistoryOf } from '../../../src/transport/image-records.ts'

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
