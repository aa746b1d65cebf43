// Trying again: exponential back-off with jitter, Retry-After honoured, and never after an error that time does not cure.

import { setTimeout as wait } from 'node:timers/promises'
import { type EngineError, errorMessage } from '../../base/errors.ts'
import { logDebug } from '../../base/log.ts'

export interface RetryPolicy {
  /** Further attempts after the first. */
  readonly retries: number
  readonly firstDelayMs: number
  /** The same before each attempt, in place of one that grows. */
  readonly delayMs?: number
  /** Told of before the wait. */
  readonly onRetry?: (failed: FailedAttempt & { readonly delayMs: number }) => void
}

export interface FailedAttempt {
  /** Of failures in a row, this one too; 0 where the attempt brought something after all. */
  readonly count: number
  readonly error: unknown
  /** When the server wants to be asked again. */
  readonly afterMs?: number | undefined
}

export const defaultRetry: RetryPolicy = { retries: 3, firstDelayMs: 500 }

const maxDelayMs = 30_000
/** A registry may ask for patience, not for a day of it. */
const maxRetryAfterMs = 120_000

/** Thrown inside a retried task: worth another try, `afterMs` from now if the server said so. */
export class TransientError extends Error {
  readonly afterMs: number | undefined
  readonly final: EngineError

  constructor(final: EngineError, afterMs?: number) {
    super(final.message)
    this.final = final
    this.afterMs = afterMs
  }
}

/** Runs `task` until it succeeds, throws anything but a TransientError, or the attempts are used up: then its `final` error. */
export async function withRetry<T>(policy: RetryPolicy, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await task()
    } catch (error) {
      if (!(error instanceof TransientError)) throw error
      if (attempt >= policy.retries) throw error.final
      await waitToRetry(policy, { count: attempt + 1, error: error.final, afterMs: error.afterMs }, signal)
    }
  }
}

/** Before another attempt at what broke. @throws the signal's reason */
export async function waitToRetry(policy: RetryPolicy, failed: FailedAttempt, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const delayMs = delayBefore(Math.max(0, failed.count - 1), policy, failed.afterMs)
  logDebug(`retrying in ${delayMs} ms: ${errorMessage(failed.error)}`)
  if (failed.count > 0) policy.onRetry?.({ ...failed, delayMs })
  try {
    await wait(delayMs, undefined, { signal })
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}

function delayBefore(attempt: number, policy: RetryPolicy, afterMs: number | undefined): number {
  if (afterMs !== undefined) return Math.min(afterMs, maxRetryAfterMs)
  if (policy.delayMs !== undefined) return policy.delayMs
  const most = Math.min(policy.firstDelayMs * 2 ** attempt, maxDelayMs)
  return Math.round(most / 2 + Math.random() * (most / 2))
}

/** Retry-After as seconds or as an HTTP date; undefined if absent or nonsense. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value.trim())) return Number(value.trim()) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}
