// --since and --until, with podman's words for what they cannot read.

import { EngineError, invalid } from '../base/errors.ts'
import { pointInTimeNs } from '../base/point-in-time.ts'

/** Nanoseconds since 1970; undefined where the flag was not given or is empty. @throws invalid `time-malformed` */
export function timeOption(name: 'since' | 'until', text: string | undefined): bigint | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return pointInTimeNs(text, { isEnd: name === 'until' })
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    throw invalid('time-malformed', `parsing --${name} ${JSON.stringify(text)}: unable to interpret time value`)
  }
}
