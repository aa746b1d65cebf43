// Points in time as podman's --since, --until and `until=` take them: seconds since 1970, a Go duration before now, RFC 3339 and its
// shortened forms (local time where no zone is said).

import { parseGoDuration } from './duration.ts'
import { EngineError, invalid } from './errors.ts'

/** Milliseconds since 1970, with a fraction. @throws invalid `time-malformed` */
export function pointInTimeMs(text: string, nowMs = Date.now()): number {
  const ns = pointInTimeNs(text, { nowMs })
  return Number(ns / 1_000_000n) + Number(ns % 1_000_000n) / 1e6
}

/** Nanoseconds since 1970. A duration lies before now; after it where `isEnd` says that an end is meant. @throws invalid `time-malformed` */
export function pointInTimeNs(
  text: string,
  options: { readonly isEnd?: boolean; readonly nowMs?: number } = {},
): bigint {
  const { isEnd = false, nowMs = Date.now() } = options
  return unixTime(text.trim()) ?? relative(text.trim(), { isEnd, nowMs }) ?? dateNs(text) ?? malformed(text)
}

const shape = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}(?::\d{2}(?::\d{2}(?:[.,]\d+)?)?)?))?\s*(Z|[+-]\d{2}:?\d{2})?$/

/** Nanoseconds since 1970 of an RFC 3339 time, whole or shortened; undefined for any other text. */
export function dateNs(text: string): bigint | undefined {
  const [, day, clock = '00:00:00', zone = ''] = shape.exec(text) ?? []
  if (day === undefined) return undefined
  const whole = clock.length === 2 ? `${clock}:00:00` : clock.length === 5 ? `${clock}:00` : clock
  const [seconds = '', fraction = ''] = whole.split(/[.,]/)
  const ms = Date.parse(`${day}T${seconds}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`)
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n + fractionNs(fraction)
}

function unixTime(text: string): bigint | undefined {
  const [, sign, seconds, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
  if (seconds === undefined) return undefined
  const ns = BigInt(seconds) * 1_000_000_000n + fractionNs(fraction)
  return sign === '-' ? -ns : ns
}

function fractionNs(digits: string): bigint {
  return BigInt(digits.slice(0, 9).padEnd(9, '0'))
}

function relative(text: string, { isEnd, nowMs }: { isEnd: boolean; nowMs: number }): bigint | undefined {
  try {
    const ns = BigInt(Math.round(parseGoDuration(text)))
    return BigInt(Math.round(nowMs)) * 1_000_000n + (isEnd ? ns : -ns)
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}

function malformed(text: string): never {
  throw invalid(
    'time-malformed',
    `failed to parse ${JSON.stringify(text)} as a time: neither a date, seconds nor a duration`,
  )
}
