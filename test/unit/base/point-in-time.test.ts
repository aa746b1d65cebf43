import { expect, test } from 'vitest'
import { pointInTimeMs } from '../../../src/base/point-in-time.ts'

const now = Date.parse('2024-05-01T12:00:00Z')

test.each([
  ['0', 0],
  ['1714564800.5', 1714564800_500],
  ['10m', now - 600_000],
  ['1h30m', now - 5_400_000],
  ['2024-05-01T10:00:00Z', Date.parse('2024-05-01T10:00:00Z')],
  ['2024-05-01T10:00:00.25Z', Date.parse('2024-05-01T10:00:00Z') + 250],
  ['2024-05-01T10:00+0200', Date.parse('2024-05-01T08:00:00Z')],
  ['2024-05-01', new Date(2024, 4, 1).getTime()],
  ['2024-05-01 10:00:00 +00:00', Date.parse('2024-05-01T10:00:00Z')],
])('pointInTimeMs reads %s', (text, expected) => {
  expect(pointInTimeMs(text, now)).toBe(expected)
})

test.each(['', 'yesterday', '2024-13-45', '10 parsecs'])('pointInTimeMs refuses %j', (text) => {
  expect(() => pointInTimeMs(text, now)).toThrow(/failed to parse/)
})
