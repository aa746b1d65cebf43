// Health checks: the command that says whether a container does what it is for, how often it runs, and what follows when it fails.

import { invalid } from '../base/errors.ts'
import type { OwnProbe } from './network-probe.ts'
import type { NotifyFacet } from './notify.ts'

export const healthActions = ['none', 'kill', 'restart', 'stop'] as const
export type HealthAction = (typeof healthActions)[number]

export interface HealthCheck {
  /** `['NONE']`, `['CMD', …]`, `['CMD-SHELL', line]`, or just words. */
  readonly test: readonly string[]
  /** Made instead of `test`, which says what would do the same in the container. */
  readonly probe?: OwnProbe
  /** From the end of one to the next; 0: only when somebody asks. */
  readonly intervalNs: number
  readonly timeoutNs: number
  readonly startPeriodNs: number
  /** The timer makes it only when the start period is over: as Kubernetes, not as podman. */
  readonly isDelayed?: boolean
  /** Failures in a row that make it unhealthy; of a startup check, that start the container again (0: never). */
  readonly retries: number
}

export interface RepeatedCheck extends HealthCheck {
  /** It must succeed so often in a row; 0 is 1. */
  readonly successes: number
}

/** Runs in place of the regular one until it has succeeded. */
export interface StartupCheck extends RepeatedCheck {
  /** When it has failed too often. */
  readonly onFailure?: 'restart' | 'stop'
}

export type CheckTimes = Partial<Omit<HealthCheck, 'test'>>

export interface HealthFacet {
  /** The image's unless said. */
  readonly check?: HealthCheck
  /** For the image's check; not of a complete spec. */
  readonly times?: CheckTimes
  readonly startup?: StartupCheck
  /** Whether the container is to be given work: beside the regular one, at times of its own. It ends nothing, and is in no log. */
  readonly readiness?: RepeatedCheck
  readonly onFailure: HealthAction
  /** `local`, `events_logger`, or an absolute folder. */
  readonly logDestination: string
  /** Of checks, and of characters of each one's output; 0 is no limit. */
  readonly maxLogCount: number
  readonly maxLogSize: number
}

export const defaultHealth: HealthFacet = {
  onFailure: 'none',
  logDestination: 'local',
  maxLogCount: 5,
  maxLogSize: 500,
}

export const defaultHealthTimes = { intervalNs: 30e9, timeoutNs: 30e9, startPeriodNs: 0, retries: 3 } as const

/** Not even the image's. */
export const noCheck: HealthCheck = { test: ['NONE'], intervalNs: 0, timeoutNs: 0, startPeriodNs: 0, retries: 0 }

/** What there is to run: neither nothing nor `none`. */
export function activeCheck(health: HealthFacet | undefined): HealthCheck | undefined {
  const check = health?.check
  return check === undefined || ['', 'NONE'].includes(check.test[0] ?? '') ? undefined : check
}

/** The words to be executed. */
export function healthCommand({ test }: Pick<HealthCheck, 'test'>): readonly string[] {
  const [kind, ...words] = test
  if (kind === 'CMD') return words
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : test
}

/** With the image's check where none was asked for, at the times that were: what both leave open has the usual value. @throws as checkHealth */
export function completeHealth(
  { health, notify }: { readonly health?: HealthFacet; readonly notify?: NotifyFacet },
  ofImage: HealthCheck | undefined,
): HealthFacet | undefined {
  const { times, ...asked } = health ?? defaultHealth
  const check = asked.check ?? (ofImage === undefined ? undefined : { ...withUsualTimes(ofImage), ...times })
  const complete = check === undefined ? health && asked : { ...asked, check }
  checkHealth(complete, notify)
  return complete
}

/** @throws invalid `health-conflict`, for what needs a check and has none */
export function checkHealth(health: HealthFacet | undefined, notify?: NotifyFacet): void {
  if (health?.check !== undefined) return
  if (health !== undefined && health.onFailure !== 'none') {
    throw needsCheck(`cannot set on-failure action to ${health.onFailure} without a health check`)
  }
  if (health?.startup !== undefined) {
    throw needsCheck('cannot set a startup healthcheck when there is no regular healthcheck: invalid argument')
  }
  if (notify?.mode !== 'healthy') return
  throw needsCheck('invalid argument: sdnotify policy "healthy" requires a healthcheck to be set')
}

function withUsualTimes({ test, startPeriodNs, ...times }: HealthCheck): HealthCheck {
  const usual = defaultHealthTimes
  return {
    test,
    intervalNs: times.intervalNs || usual.intervalNs,
    timeoutNs: times.timeoutNs || usual.timeoutNs,
    startPeriodNs,
    retries: times.retries || usual.retries,
  }
}

function needsCheck(message: string): Error {
  return invalid('health-conflict', message)
}
