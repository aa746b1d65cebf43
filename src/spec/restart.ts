// What follows a container's end.

import { invalid } from '../base/errors.ts'

export type RestartPolicy =
  | { readonly policy: 'no' | 'always' | 'unless-stopped' }
  /** After an exit code other than 0; `maxRetries` 0 is no limit. */
  | { readonly policy: 'on-failure'; readonly maxRetries: number }

const noRestart: RestartPolicy = { policy: 'no' }

/** `no` (also `never`), `always`, `unless-stopped`, `on-failure[:N]`; empty is `no`. @throws invalid `restart-invalid` */
export function parseRestartPolicy(text: string): RestartPolicy {
  const [word = '', retries, ...more] = text.split(':')
  if (more.length > 0) throw notValid(text)
  if (word === 'on-failure') return { policy: word, maxRetries: retries === undefined ? 0 : parseRetries(retries) }
  if (text === '' || text === 'never') return noRestart
  if (word !== 'no' && word !== 'always' && word !== 'unless-stopped') throw notValid(text)
  if (retries !== undefined) {
    throw invalid('restart-invalid', `restart policy retries can only be given with on-failure, not with ${word}`)
  }
  return { policy: word }
}

export interface RestartWords {
  readonly restart: RestartPolicy
  /** Also when a health check calls it unhealthy: `,unhealthy` behind the policy, a word of our own. */
  readonly isForUnhealthy: boolean
}

/** @throws as parseRestartPolicy */
export function parseRestart(text: string): RestartWords {
  const [, policy = text, unhealthy] = /^(.*),(unhealthy)$/.exec(text) ?? []
  return { restart: parseRestartPolicy(policy), isForUnhealthy: unhealthy !== undefined }
}

export interface EndedRun {
  readonly exitCode: number
  /** By stop or kill: then it is to stay as it is. */
  readonly isStoppedByUser: boolean
  /** Restarts since somebody started it. */
  readonly restartCount: number
}

export function isRestartDue(restart: RestartPolicy, { exitCode, isStoppedByUser, restartCount }: EndedRun): boolean {
  if (isStoppedByUser) return false
  switch (restart.policy) {
    case 'no':
      return false
    case 'always':
    case 'unless-stopped':
      return true
    case 'on-failure':
      return exitCode !== 0 && (restart.maxRetries === 0 || restartCount < restart.maxRetries)
  }
}

/** A program that ends again and again waits twice as long each time: Docker's back-off. */
const leastPauseMs = 100
const mostPauseMs = 60_000
/** Who ran so long was no failure of a start: the pauses begin anew. */
const steadyMs = 10_000

/** Before its next start. `pauseMs`: what its last start has waited; undefined where somebody asked for that. */
export function restartPauseAfter({
  pauseMs,
  ranMs,
}: {
  readonly pauseMs: number | undefined
  readonly ranMs: number
}): number {
  return pauseMs === undefined || ranMs >= steadyMs ? leastPauseMs : longerPause(pauseMs)
}

/** After a start that has failed. */
export function longerPause(pauseMs: number): number {
  return Math.min(mostPauseMs, pauseMs * 2)
}

function parseRetries(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw invalid('restart-invalid', `parsing restart policy retry count: ${JSON.stringify(text)} is not a number`)
}

function notValid(text: string): Error {
  return invalid('restart-invalid', `${JSON.stringify(text)} is not a valid restart policy: invalid argument`)
}
