// Flags of health checks → HealthFacet, and what update changes of it.

import { invalid } from '../../base/errors.ts'
import { healthLogDestination } from '../../engine/container/health-log.ts'
import { defaultHealth, type HealthFacet, noCheck } from '../../spec/health.ts'
import { checkTimesOf, healthCheckOf, parseHealthAction, startupCheckOf } from '../../spec/health-text.ts'
import type { HealthChanges } from '../../spec/health-update.ts'
import type { HealthInvocation, healthOptions } from './health.ts'

/** @throws invalid `health-invalid`, `health-conflict`, `health-log-invalid` */
export function healthFacet(invocation: HealthInvocation): HealthFacet {
  const { isDisabled, check, startup, ...others } = healthChanges(invocation)
  for (const [flag, texts] of [
    ['cmd', check],
    ['startup-cmd', startup],
  ] as const) {
    if (isDisabled && texts.command) throw conflict(`cannot specify both --no-healthcheck and --health-${flag}`)
  }
  const given = Object.entries(others).filter(([, value]) => value !== undefined)
  return {
    ...defaultHealth,
    ...Object.fromEntries(given),
    ...(isDisabled ? { check: noCheck } : {}),
    ...(check.command ? { check: healthCheckOf(check) } : { times: checkTimesOf({ ...check, command: undefined }) }),
    ...(startup.command ? { startup: startupCheckOf(startup) } : {}),
  }
}

/** @throws invalid `health-invalid`, `health-log-invalid` */
export function healthChanges({ options }: HealthInvocation): HealthChanges {
  const count = (name: CountFlag) => countOf(name, options[name])
  const destination = options['health-log-destination']
  return {
    isDisabled: options['no-healthcheck'],
    check: {
      command: options['health-cmd'],
      interval: options['health-interval'],
      timeout: options['health-timeout'],
      startPeriod: options['health-start-period'],
      retries: count('health-retries'),
    },
    startup: {
      command: options['health-startup-cmd'],
      interval: options['health-startup-interval'],
      timeout: options['health-startup-timeout'],
      retries: count('health-startup-retries'),
      successes: count('health-startup-success'),
    },
    onFailure: options['health-on-failure'] === undefined ? undefined : parseHealthAction(options['health-on-failure']),
    logDestination: destination === undefined ? undefined : healthLogDestination(destination),
    maxLogCount: count('health-max-log-count'),
    maxLogSize: count('health-max-log-size'),
  }
}

type CountFlag = {
  [K in keyof typeof healthOptions]: (typeof healthOptions)[K]['type'] extends 'number' ? K : never
}[keyof typeof healthOptions]

function countOf(name: CountFlag, count: number | undefined): number | undefined {
  if (count === undefined || (Number.isSafeInteger(count) && count >= 0)) return count
  throw invalid(
    'health-invalid',
    `invalid argument "${count}" for "--${name}" flag: it must be a whole number, 0 or more`,
  )
}

function conflict(message: string): Error {
  return invalid('health-conflict', message)
}
