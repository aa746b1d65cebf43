import { expect, test } from 'vitest'
import { firstHealth } from '../../../src/engine/container/begin-health.ts'
import type { ReadinessState } from '../../../src/engine/container/health-record.ts'
import { nextCheck, nextReadiness } from '../../../src/engine/container/readiness.ts'
import { defaultHealth } from '../../../src/spec/health.ts'
import { healthCheckOf } from '../../../src/spec/health-text.ts'

const check = { ...healthCheckOf({ command: 'x', retries: 2 }), successes: 2 }

test.each([
  ['', false],
  ['+', false],
  ['++', true],
  ['+-+', false],
  ['++-', true],
  ['++--', false],
  ['++-+-', true],
  ['++--+', false],
  ['++--++', true],
])('after %j it is ready: %j', (results, isReady) => {
  let state: ReadinessState | undefined
  for (const result of results) state = nextReadiness(state, check, { exitCode: result === '+' ? 0 : 1, endedAt: '' })
  expect(state?.isReady ?? false).toBe(isReady)
})

const at = (seconds: number) => new Date(seconds * 1000).toISOString()
const health = {
  ...defaultHealth,
  check: healthCheckOf({ command: 'x', interval: '10s' }),
  readiness: { ...check, intervalNs: 3e9 },
}

test.each([
  ['neither has run', undefined, undefined, 'regular', 0],
  ['the regular one has', 1, undefined, 'readiness', 0],
  ['both have', 1, 2, 'readiness', 5],
  ['readiness has often', 1, 9, 'regular', 11],
] as const)('nextCheck, when %s', (_, regular, ready, kind, dueSeconds) => {
  const entry = { startedAt: at(0), exitCode: 0, output: '' }
  const record = {
    ...firstHealth('starting'),
    log: regular === undefined ? [] : [{ ...entry, endedAt: at(regular) }],
    ...(ready === undefined ? {} : { readiness: { isReady: true, successes: 1, failures: 0, endedAt: at(ready) } }),
  }
  expect(nextCheck(health, record, at(0))).toEqual({ kind, dueMs: dueSeconds * 1000 })
})

test('nextCheck waits for the start of a delayed one to be over', () => {
  const delayed = { ...health, check: { ...health.check, startPeriodNs: 20e9, isDelayed: true } }
  const record = {
    ...firstHealth('starting'),
    readiness: { isReady: true, successes: 1, failures: 0, endedAt: at(18) },
  }
  expect(nextCheck(delayed, record, at(0))).toEqual({ kind: 'regular', dueMs: 20_000 })
})
