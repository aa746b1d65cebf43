import { expect, test } from 'vitest'
import { completeHealth, defaultHealth, type HealthFacet, healthCommand } from '../../../src/spec/health.ts'
import { checkTimesOf, healthCheckOf, parseHealthCommand, startupCheckOf } from '../../../src/spec/health-text.ts'
import { changedHealth, type HealthChanges } from '../../../src/spec/health-update.ts'

test.each([
  [
    'curl -f http://x || exit 1',
    ['CMD-SHELL', 'curl -f http://x || exit 1'],
    ['/bin/sh', '-c', 'curl -f http://x || exit 1'],
  ],
  ['["curl", "-f"]', ['CMD', 'curl', '-f'], ['curl', '-f']],
  ['["curl"]', ['CMD-SHELL', 'curl'], ['/bin/sh', '-c', 'curl']],
  ['CMD a  b', ['CMD', 'a', 'b'], ['a', 'b']],
  ['["CMD", "a b"]', ['CMD', 'a b'], ['a b']],
  ['CMD-SHELL a  b', ['CMD-SHELL', 'a  b'], ['/bin/sh', '-c', 'a  b']],
  ['none', ['NONE'], ['NONE']],
  ['[1]', ['CMD-SHELL', '[1]'], ['/bin/sh', '-c', '[1]']],
])('parseHealthCommand reads %j', (text, words, argv) => {
  expect(parseHealthCommand(text)).toEqual(words)
  expect(healthCommand(healthCheckOf({ command: text }))).toEqual(argv)
})

test('healthCheckOf has the usual times, and disable is none', () => {
  expect(healthCheckOf({ command: 'x', interval: 'disable' })).toEqual({
    ...{ test: ['CMD-SHELL', 'x'], intervalNs: 0, timeoutNs: 30e9, startPeriodNs: 0, retries: 3 },
  })
  expect(startupCheckOf({ command: 'x', successes: 2 })).toMatchObject({ intervalNs: 30e9, retries: 0, successes: 2 })
})

test.each([
  [{ command: '[]' }, 'must define a healthcheck command for all healthchecks'],
  [{ interval: '5' }, 'invalid healthcheck-interval: time: missing unit in duration "5"'],
  [{ timeout: '0s' }, 'healthcheck-timeout must be at least 1 second'],
  [{ startPeriod: '-1s' }, 'healthcheck-start-period must be 0 seconds or greater'],
  [{ retries: 0 }, 'healthcheck-retries must be greater than 0'],
])('healthCheckOf refuses %j', (texts, message) => {
  expect(() => healthCheckOf({ command: 'x', ...texts })).toThrow(message)
})

const ofImage = {
  test: ['CMD', 'x'],
  intervalNs: 0,
  timeoutNs: 5e9,
  startPeriodNs: 1e9,
  startIntervalNs: 7,
  retries: 0,
}

test('completeHealth takes the image’s check, unless there is one', () => {
  const usual = { test: ['CMD', 'x'], intervalNs: 30e9, timeoutNs: 5e9, startPeriodNs: 1e9, retries: 3 }
  expect(completeHealth({}, ofImage)).toEqual({ ...defaultHealth, check: usual })
  const health: HealthFacet = { ...defaultHealth, onFailure: 'kill' }
  expect(completeHealth({ health }, ofImage)).toEqual({ ...health, check: usual })
  const none = { ...defaultHealth, check: healthCheckOf({ command: 'none' }) }
  expect(completeHealth({ health: none }, ofImage)).toEqual(none)
  const at = { ...defaultHealth, times: checkTimesOf({ interval: 'disable' }) }
  expect(completeHealth({ health: at }, ofImage)).toEqual({ ...defaultHealth, check: { ...usual, intervalNs: 0 } })
  expect(completeHealth({ health: at }, undefined)).toEqual(defaultHealth)
  expect(completeHealth({}, undefined)).toBeUndefined()
})

test.each([
  [{ health: { ...defaultHealth, onFailure: 'stop' } }, 'cannot set on-failure action to stop without a health check'],
  [{ health: { ...defaultHealth, startup: startupCheckOf({ command: 'x' }) } }, 'when there is no regular healthcheck'],
  [{ notify: { mode: 'healthy' } }, 'invalid argument: sdnotify policy "healthy" requires a healthcheck to be set'],
] as const)('completeHealth refuses %j', (spec, message) => {
  expect(() => completeHealth(spec, undefined)).toThrow(message)
})

const said = (changes: Partial<HealthChanges>) => ({ isDisabled: false, check: {}, startup: {}, ...changes })
const checked: HealthFacet = {
  ...defaultHealth,
  check: healthCheckOf({ command: 'x', retries: 7 }),
  startup: startupCheckOf({ command: 'y' }),
}

test('changedHealth leaves what is not said', () => {
  const next = changedHealth(checked, said({ check: { interval: '5s' }, maxLogCount: 0 }))
  expect(next).toEqual({ ...checked, check: { ...checked.check, intervalNs: 5e9 }, maxLogCount: 0 })
  expect(changedHealth(checked, said({ isDisabled: true }))).toMatchObject({ check: { test: ['NONE'] } })
  expect(changedHealth(checked, said({ isDisabled: true }))).not.toHaveProperty('startup')
  expect(changedHealth(undefined, said({ check: { command: 'x' } })).check).toEqual(healthCheckOf({ command: 'x' }))
})

test.each([
  [undefined, { check: { interval: '5s' } }, 'healthcheck command is not set'],
  [
    checked,
    { isDisabled: true, check: { interval: '5s' } },
    'cannot specify both --no-healthcheck and other HealthCheck flags',
  ],
  [undefined, { startup: { retries: 1 } }, 'startup healthcheck command is not set'],
  [undefined, { startup: { command: 'x' } }, 'when there is no regular healthcheck'],
  [undefined, { onFailure: 'kill' }, 'without a health check'],
] as const)('changedHealth of %j refuses %j', (before, changes, message) => {
  expect(() => changedHealth(before, said(changes))).toThrow(message)
})
