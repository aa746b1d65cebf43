// Go's durations ("1h30m", "500ms") and the words that docker and podman print for an age. Nanoseconds are plain numbers: exact to 104 days,
// and nobody needs more of either.

import { invalid } from './errors.ts'

const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

/** Nanoseconds of `1h2m3.5s`. @throws invalid `duration-malformed`, in Go's words */
export function parseGoDuration(text: string): number {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text)
  if (match === null) throw malformed(text)
  const parts = (match[2] as string).matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)
  const sum = Array.from(parts, ([, count, unit]) => Number(count) * (unitNs[unit as string] as number)).reduce(
    (a, b) => a + b,
    0,
  )
  return match[1] === '-' ? -sum : sum
}

/** Go's Duration.String: `1h0m0s`, `1.5s`, `250ms`, `0s`. */
export function formatGoDuration(ns: number): string {
  if (ns === 0) return '0s'
  if (ns < 0) return `-${formatGoDuration(-ns)}`
  const [unit, size] = ns < 1e3 ? ['ns', 1] : ns < 1e6 ? ['µs', 1e3] : ns < 1e9 ? ['ms', 1e6] : ['s', 1e9]
  if (ns < 60e9) return `${trimZeros((ns / (size as number)).toFixed(9))}${unit}`
  const hours = Math.floor(ns / 3600e9)
  const minutes = Math.floor((ns % 3600e9) / 60e9)
  const seconds = trimZeros(((ns % 60e9) / 1e9).toFixed(9))
  return `${hours > 0 ? `${hours}h` : ''}${minutes}m${seconds}s`
}

/** go-units' words: "Less than a second", "About a minute", "3 hours", "2 weeks". */
export function humanDuration(ns: number): string {
  const seconds = Math.floor(ns / 1e9)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.floor(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  return humanHours(ns / 3600e9)
}

function humanHours(exact: number): string {
  const hours = Math.floor(exact + 0.5)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`
  return `${Math.floor(exact / 24 / 365)} years`
}

function trimZeros(text: string): string {
  return text.replace(/\.?0+$/, '')
}

function malformed(text: string): Error {
  const quoted = JSON.stringify(text)
  if (text === '') return invalid('duration-malformed', `time: invalid duration ${quoted}`)
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) {
    return invalid('duration-malformed', `time: missing unit in duration ${quoted}`)
  }
  return invalid('duration-malformed', `time: invalid duration ${quoted}`)
}
