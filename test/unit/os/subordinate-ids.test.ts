import { expect, test } from 'vitest'
import { parseSubordinateIds } from '../../../src/os/subordinate-ids.ts'

test('parseSubordinateIds takes the ranges of one user, and nothing that is no range', () => {
  const text =
    '# ids\nalice:100000:65536\ncontainers:5:6\n containers:100:1\ncontainers:x:1\ncontainers:7:0\ncontainersX:1:1\n'
  expect(parseSubordinateIds(text, 'containers')).toEqual([
    { start: 5, end: 11 },
    { start: 100, end: 101 },
  ])
  expect(parseSubordinateIds('', 'containers')).toEqual([])
})
