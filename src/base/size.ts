// Sizes as go-units reads and prints them: `10m`, `1.5g`, `796 kB`.

import { invalid } from './errors.ts'

const powers = ['', 'k', 'm', 'g', 't', 'p'] as const
const decimalUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']

/** Bytes of `512m`, `1.5g`, `64 KiB`: 1024-based, case-insensitive, as for memory. @throws invalid `size-malformed` */
export function parseBinarySize(text: string): number {
  return parseSize(text, 1024)
}

/** Bytes of `44kB`: 1000-based. @throws invalid `size-malformed` */
export function parseDecimalSize(text: string): number {
  return parseSize(text, 1000)
}

/** `2.746MB`, `796kB`: at most four digits (or so many), 1000-based. */
export function humanSize(bytes: number, digits = 4): string {
  return formatSize(bytes, { base: 1000, units: decimalUnits, digits })
}

/** `2.746MiB`, `796KiB`: four digits, 1024-based. */
export function binarySize(bytes: number): string {
  return formatSize(bytes, { base: 1024, units: binaryUnits, digits: 4 })
}

function parseSize(text: string, base: number): number {
  const match = /^(\d+\.?\d*|\.\d+) ?(?:(b?)|([kmgtp])(i?b)?)$/i.exec(text)
  if (match === null) throw invalid('size-malformed', `invalid size: '${text}'`)
  const power = powers.indexOf((match[3] ?? '').toLowerCase() as (typeof powers)[number])
  return Math.trunc(Number(match[1]) * base ** power)
}

interface SizeFormat {
  readonly base: number
  readonly units: readonly string[]
  readonly digits: number
}

function formatSize(bytes: number, { base, units, digits }: SizeFormat): string {
  let size = bytes
  let power = 0
  while (size >= base && power < units.length - 1) {
    size /= base
    power++
  }
  return `${withDigits(size, digits)}${units[power]}`
}

/** C's %.4g, which go-units uses: what has more digits than asked for becomes `1e+04`. */
function withDigits(size: number, digits: number): string {
  const number = Number(size.toPrecision(digits))
  return number >= 10 ** digits ? number.toExponential().replace(/e\+(\d)$/, 'e+0$1') : String(number)
}
