import { expect, test } from 'vitest'
import {
  isRestartDue,
  longerPause,
  parseRestart,
  parseRestartPolicy,
  restartPauseAfter,
} from '../../../src/spec/restart.ts'

test.each([
  ['', { policy: 'no' }],
  ['no', { policy: 'no' }],
  ['always', { policy: 'always' }],
  ['unless-stopped', { policy: 'unless-stopped' }],
  ['on-failure', { policy: 'on-failure', maxRetries: 0 }],
  ['on-failure:3', { policy: 'on-failure', maxRetries: 3 }],
])('parseRestartPolicy reads %j', (text, policy) => {
  expect(parseRestartPolicy(text)).toEqual(policy)
})

test.each([
  ['sometimes', '"sometimes" is not a valid restart policy: invalid argument'],
  ['on-failure:x', 'parsing restart policy retry count: "x" is not a number'],
  ['on-failure:1:2', '"on-failure:1:2" is not a valid restart policy: invalid argument'],
  ['always:3', 'restart policy retries can only be given with on-failure, not with always'],
])('parseRestartPolicy refuses %j', (text, message) => {
  expect(() => parseRestartPolicy(text)).toThrow(message)
})

test.each([
  ['no', { exitCode: 1 }, false],
  ['always', { exitCode: 0 }, true],
  ['always', { exitCode: 0, isStoppedByUser: true }, false],
  ['unless-stopped', { exitCode: 3, restartCount: 1000 }, true],
  ['on-failure', { exitCode: 0 }, false],
  ['on-failure', { exitCode: 137, restartCount: 1000 }, true],
  ['on-failure:2', { exitCode: 1, restartCount: 1 }, true],
  ['on-failure:2', { exitCode: 1, restartCount: 2 }, false],
])('isRestartDue %s after %j: %s', (text, ended, expected) => {
  const run = { isStoppedByUser: false, restartCount: 0, ...ended }
  expect(isRestartDue(parseRestartPolicy(text), run)).toBe(expected)
})

test.each([
  ['unless-stopped,unhealthy', { restart: { policy: 'unless-stopped' }, isForUnhealthy: true }],
  ['on-failure:3,unhealthy', { restart: { policy: 'on-failure', maxRetries: 3 }, isForUnhealthy: true }],
  ['always', { restart: { policy: 'always' }, isForUnhealthy: false }],
])('parseRestart takes a failed health apart: %s', (text, words) => {
  expect(parseRestart(text)).toEqual(words)
})

test.each(['always,healthy', 'unhealthy,always'])('parseRestart refuses %s', (text) => {
  expect(() => parseRestart(text)).toThrow(/is not a valid restart policy/)
})

test('restartPauseAfter doubles up to a minute, and begins anew after ten seconds of running', () => {
  const pauses: number[] = []
  for (let pauseMs: number | undefined; pauses.length < 12; pauses.push(pauseMs))
    pauseMs = restartPauseAfter({ pauseMs, ranMs: 9_999 })
  const doubled = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200]
  expect(pauses).toEqual([...doubled, 60_000, 60_000])
  expect(restartPauseAfter({ pauseMs: 60_000, ranMs: 10_000 })).toBe(100)
  expect(restartPauseAfter({ pauseMs: undefined, ranMs: 0 })).toBe(100)
  expect([longerPause(100), longerPause(40_000)]).toEqual([200, 60_000])
})
