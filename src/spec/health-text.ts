// Health checks as flags give them. Loaded where some are given.

import { defined } from '../base/defined.ts'
import { parseGoDuration } from '../base/duration.ts'
import { errorMessage, invalid } from '../base/errors.ts'
import {
  type CheckTimes,
  defaultHealthTimes,
  type HealthAction,
  type HealthCheck,
  healthActions,
  type StartupCheck,
} from './health.ts'

/** As they were typed; what is absent stays as it is, or has the usual value. */
export interface CheckTexts {
  readonly command?: string | undefined
  /** Also `disable`. */
  readonly interval?: string | undefined
  readonly timeout?: string | undefined
  readonly startPeriod?: string | undefined
  readonly retries?: number | undefined
}

export interface StartupTexts extends Omit<CheckTexts, 'startPeriod'> {
  readonly successes?: number | undefined
}

/** `base` with what is said. @throws invalid `health-invalid`, in podman's words */
export function healthCheckOf(texts: CheckTexts, base?: HealthCheck): HealthCheck {
  const check = timedCheck(texts, { ...defaultHealthTimes, test: [], ...base })
  if (check.retries < 1) throw wrong('healthcheck-retries must be greater than 0')
  return check
}

/** Only what is said, without a command. @throws invalid `health-invalid` */
export function checkTimesOf(texts: CheckTexts): CheckTimes {
  const { intervalNs, timeoutNs, startPeriodNs, retries } = healthCheckOf(texts)
  return defined({
    intervalNs: texts.interval === undefined ? undefined : intervalNs,
    timeoutNs: texts.timeout === undefined ? undefined : timeoutNs,
    startPeriodNs: texts.startPeriod === undefined ? undefined : startPeriodNs,
    retries: texts.retries === undefined ? undefined : retries,
  })
}

/** podman's startup checks have a start period of a second, which says nothing. @throws invalid `health-invalid` */
export function startupCheckOf(texts: StartupTexts, base?: StartupCheck): StartupCheck {
  const usual = { ...defaultHealthTimes, test: [], retries: 0, startPeriodNs: 1e9 }
  return { ...timedCheck(texts, { ...usual, ...base }), successes: texts.successes ?? base?.successes ?? 0 }
}

/** @throws invalid `health-invalid` */
export function parseHealthAction(text: string): HealthAction {
  const action = healthActions.find((one) => one === text)
  if (action !== undefined) return action
  if (text === '') return 'none'
  const known = healthActions.join(',')
  throw wrong(`invalid on-failure action ${JSON.stringify(text)} for health check: supported actions are ${known}`)
}

/** A line for the shell, a JSON list of words, or `none`. @throws invalid `health-invalid` */
export function parseHealthCommand(text: string): readonly string[] {
  const words = listedWords(text)
  const [first = '', ...rest] = words ?? text.split(' ')
  if (words?.length === 0) throw wrong('must define a healthcheck command for all healthchecks')
  const kind = first.toUpperCase()
  if (kind === 'NONE') return ['NONE']
  if (kind === 'CMD') return words === undefined ? text.split(/\s+/).filter((word) => word !== '') : [kind, ...rest]
  if (kind === 'CMD-SHELL') return [first, ...(words === undefined ? [rest.join(' ')] : rest)]
  if (words === undefined) return ['CMD-SHELL', text]
  return words.length === 1 ? ['CMD-SHELL', first] : ['CMD', ...words]
}

function listedWords(text: string): readonly string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    if (parsed === null) return []
    return Array.isArray(parsed) && parsed.every((word) => typeof word === 'string') ? parsed : undefined
  } catch {
    return undefined
  }
}

function timedCheck(texts: CheckTexts, base: HealthCheck): HealthCheck {
  const { command, interval, timeout, startPeriod, retries } = texts
  const check = {
    test: command === undefined ? base.test : parseHealthCommand(command),
    intervalNs: interval === undefined ? base.intervalNs : durationOf('interval', interval),
    timeoutNs: timeout === undefined ? base.timeoutNs : durationOf('timeout', timeout),
    startPeriodNs: startPeriod === undefined ? base.startPeriodNs : durationOf('start-period', startPeriod),
    retries: retries ?? base.retries,
    ...(command === undefined && base.probe !== undefined ? { probe: base.probe } : {}),
  }
  if (check.intervalNs < 0) throw wrong('healthcheck-interval must be 0 seconds or greater')
  if (check.timeoutNs < 1) throw wrong('healthcheck-timeout must be at least 1 second')
  if (check.startPeriodNs < 0) throw wrong('healthcheck-start-period must be 0 seconds or greater')
  return check
}

function durationOf(what: string, text: string): number {
  if (what === 'interval' && text === 'disable') return 0
  try {
    return parseGoDuration(text)
  } catch (error) {
    throw wrong(`invalid healthcheck-${what}: ${errorMessage(error)}`)
  }
}

function wrong(message: string): Error {
  return invalid('health-invalid', message)
}
