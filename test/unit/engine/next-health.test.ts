import { expect, test } from 'vitest'
import { firstHealth } from '../../../src/engine/container/begin-health.ts'
import { type NextHealth, nextHealth } from '../../../src/engine/container/next-health.ts'
import { defaultHealth, type HealthFacet } from '../../../src/spec/health.ts'
import { healthCheckOf, startupCheckOf } from '../../../src/spec/health-text.ts'

const check = healthCheckOf({ command: 'x', retries: 2 })
const containerStartedAt = '2026-01-01T00:00:00.000000000Z'
const facet: HealthFacet = { ...defaultHealth, check, onFailure: 'kill', maxLogCount: 3, maxLogSize: 4 }

/** Results a second apart, `+` or `-`; the first one a second after the start. */
function after(results: string, { health = facet, ran = check }: { health?: HealthFacet; ran?: typeof check } = {}) {
  let next: NextHealth = { record: firstHealth('starting'), hasStartedUp: false, action: 'none' }
  for (const [index, result] of [...results].entries()) {
    const startedAt = new Date(Date.parse(containerStartedAt) + (index + 1) * 1000).toISOString()
    const entry = { startedAt, endedAt: startedAt, exitCode: result === '+' ? 0 : 1, output: `out ${index}` }
    const startup = next.record.startup.isPassed ? undefined : health.startup
    next = nextHealth(next.record, { health, check: ran, startup, entry, containerStartedAt })
  }
  return next
}

test.each([
  ['', 'starting', 0, 'none'],
  ['+', 'healthy', 0, 'none'],
  ['-', 'starting', 1, 'none'],
  ['+-', 'healthy', 1, 'none'],
  ['+-+', 'healthy', 0, 'none'],
  ['--', 'unhealthy', 2, 'kill'],
  ['---', 'unhealthy', 3, 'kill'],
  ['--+', 'healthy', 0, 'none'],
])('nextHealth after %j: %s', (results, status, failingStreak, action) => {
  expect(after(results)).toMatchObject({ record: { status, failingStreak }, action, hasStartedUp: false })
})

test('nextHealth keeps so many results, and so much of each', () => {
  expect(after('-----').record.log.map(({ output }) => output)).toEqual(['out ', 'out ', 'out '])
  const all = { ...facet, maxLogCount: 0, maxLogSize: 0 }
  expect(after('-----', { health: all }).record.log.map(({ output }) => output)).toHaveLength(5)
  expect(after('--', { health: all }).record.log[1]?.output).toBe('out 1')
})

test('nextHealth counts no failure of the start period', () => {
  const ran = { ...check, startPeriodNs: 2.5e9 }
  expect(after('--', { ran }).record).toMatchObject({ status: 'starting', failingStreak: 0 })
  expect(after('---', { ran }).record).toMatchObject({ status: 'starting', failingStreak: 1 })
  expect(after('+---', { ran }).record).toMatchObject({ status: 'unhealthy', failingStreak: 2 })
})

test('nextHealth ends the startup checks after so many successes in a row, and gives up after so many failures', () => {
  const startup = startupCheckOf({ command: 'y', successes: 2, retries: 3 })
  const health = { ...facet, startup }
  expect(after('--', { health })).toMatchObject({ record: { status: 'starting', failingStreak: 0 }, action: 'none' })
  expect(after('---', { health }).action).toBe('restart')
  expect(after('+-+', { health }).hasStartedUp).toBe(false)
  expect(after('++', { health })).toMatchObject({ hasStartedUp: true, record: { startup: { isPassed: true } } })
  expect(after('++--', { health })).toMatchObject({ record: { status: 'unhealthy' }, action: 'kill' })
})
