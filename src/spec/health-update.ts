// What `update` changes of a container's health checks.

import { defined } from '../base/defined.ts'
import { invalid } from '../base/errors.ts'
import { activeCheck, checkHealth, defaultHealth, type HealthAction, type HealthFacet, noCheck } from './health.ts'
import { type CheckTexts, healthCheckOf, type StartupTexts, startupCheckOf } from './health-text.ts'

export interface HealthChanges {
  readonly isDisabled: boolean
  readonly check: CheckTexts
  readonly startup: StartupTexts
  readonly onFailure?: HealthAction | undefined
  readonly logDestination?: string | undefined
  readonly maxLogCount?: number | undefined
  readonly maxLogSize?: number | undefined
}

/** @throws invalid `health-invalid`, `health-conflict` */
export function changedHealth(health: HealthFacet | undefined, changes: HealthChanges): HealthFacet {
  const { isDisabled, check, startup, onFailure, logDestination, maxLogCount, maxLogSize } = changes
  const { startup: oldStartup, ...rest } = health ?? defaultHealth
  const areChecksNamed = isSaid(check) || isSaid(startup)
  if (isDisabled && areChecksNamed) {
    throw invalid('health-conflict', 'cannot specify both --no-healthcheck and other HealthCheck flags')
  }
  const base = { ...rest, ...defined({ onFailure, logDestination, maxLogCount, maxLogSize }) }
  if (isDisabled) return { ...base, check: noCheck }
  const next = {
    ...base,
    ...defined({ check: changed(check, activeCheck(rest), healthCheckOf, 'healthcheck') }),
    ...defined({ startup: changed(startup, oldStartup, startupCheckOf, 'startup healthcheck') }),
  }
  checkHealth(next)
  return next
}

function changed<T extends CheckTexts, C>(
  texts: T,
  old: C | undefined,
  ...[make, what]: [(texts: T, base?: C) => C, string]
): C | undefined {
  if (!isSaid(texts)) return old
  if (old === undefined && texts.command === undefined) {
    throw invalid('health-conflict', `${what} command is not set`, 'Give it one: --health-cmd or --health-startup-cmd')
  }
  return make(texts, old)
}

function isSaid(texts: object): boolean {
  return Object.values(texts).some((value) => value !== undefined)
}
