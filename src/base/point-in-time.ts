// Points in time as podman's --since, --until and `until=` take them: seconds since 1970, a Go duration before now, RFC 3339 and its
// shortened forms (local time where no zone is said).

import { parseGoDuration } from './duration.ts'
import { EngineError, invalid } from './errors.ts'

/** Milliseconds since 1970, with a fraction. @throws invalid `time-malformed` */
export function pointInTimeMs(text: string, nowMs = Date.now()): number {
  const word = text.trim()
  if (/^-?\d+(\.\d+)?$/.test(word)) return Number(word) * 1000
  return before(word, nowMs) ?? date(word) ?? malformed(text)
}

function before(text: string, nowMs: number): number | undefined {
  try {
    return nowMs - parseGoDuration(text) / 1e6
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}

const shape = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?))?\s*(Z|[+-]\d{2}:?\d{2})?$/

function date(text: string): number | undefined {
  const [, day, clock = '00:00:00', zone = ''] = shape.exec(text) ?? []
  if (day === undefined) return undefined
  const whole = clock.length === 2 ? `${clock}:00:00` : clock.length === 5 ? `${clock}:00` : clock
  const [seconds = '', fraction = ''] = whole.split('.')
  const ms = Date.parse(`${day}T${seconds}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`)
  return Number.isNaN(ms) ? undefined : ms + Number(`0.${fraction || '0'}`) * 1000
}

function malformed(text: string): never {
  throw invalid(
    'time-malformed',
    `failed to parse ${JSON.stringify(text)} as a time: neither a date, seconds nor a duration`,
  )
}
