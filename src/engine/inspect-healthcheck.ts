// A health check as inspect has it, of an image and of a container.

export interface InspectedCheck {
  readonly test: readonly string[]
  readonly intervalNs: number
  readonly timeoutNs: number
  readonly startPeriodNs: number
  readonly startIntervalNs?: number
  readonly retries: number
  /** Of a startup check. */
  readonly successes?: number
}

export function inspectHealthcheck(check: InspectedCheck) {
  return {
    Test: check.test,
    StartPeriod: check.startPeriodNs,
    StartInterval: check.startIntervalNs ?? 0,
    Interval: check.intervalNs,
    Timeout: check.timeoutNs,
    Retries: check.retries,
    ...(check.successes === undefined ? {} : { Successes: check.successes }),
  }
}
