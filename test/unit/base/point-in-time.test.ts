import { expect, test } from 'vitest'
import { dateNs, pointInTimeMs, pointInTimeNs } from '../../../src/base/point-in-time.ts'

const now = Date.parse('2024-05-01T12:00:00Z')

test.each([
  ['0', 0],
  ['1714564800.5', 1714564800_500],
  ['10m', now - 600_000],
  ['1h30m', now - 5_400_000],
  ['2024-05-01T10:00:00Z', Date.parse('2024-05-01T10:00:00Z')],
  ['2024-05-01T10:00:00.25Z', Date.parse('2024-05-01T10:00:00Z') + 250],
  ['2024-05-01T10:00:00,25+00:00', Date.parse('2024-05-01T10:00:00Z') + 250],
  ['2024-05-01T10:00+0200', Date.parse('2024-05-01T08:00:00Z')],
  ['2024-05-01', new Date(2024, 4, 1).getTime()],
  ['2024-05-01 10:00:00 +00:00', Date.parse('2024-05-01T10:00:00Z')],
])('pointInTimeMs reads %s', (text, expected) => {
  expect(pointInTimeMs(text, now)).toBe(expected)
})

test.each(['', 'yesterday', '2024-13-45', '10 parsecs'])('pointInTimeMs refuses %j', (text) => {
  expect(() => pointInTimeMs(text, now)).toThrow(/failed to parse/)
})

test('pointInTimeNs keeps nanoseconds, and counts durations forward for an end', () => {
  expect(pointInTimeNs('2024-05-01T10:00:00.123456789Z')).toBe(1714557600123456789n)
  expect(pointInTimeNs('1000.000000001')).toBe(1000000000001n)
  expect(pointInTimeNs('3s', { isEnd: true, nowMs: now })).toBe(BigInt(now + 3000) * 1_000_000n)
  expect(pointInTimeNs('-1s', { nowMs: now })).toBe(BigInt(now + 1000) * 1_000_000n)
})

test('dateNs is undefined for what is no date', () => {
  expect(dateNs('10m')).toBeUndefined()
  expect(dateNs('2024-05-01T12:00:00.5+02:00')).toBe(BigInt(Date.parse('2024-05-01T10:00:00.500Z')) * 1_000_000n)
})
