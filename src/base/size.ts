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

/** `2.746MB`, `796kB`: at most four digits, 1000-based. */
export function humanSize(bytes: number): string {
  return formatSize(bytes, 1000, decimalUnits)
}

/** `44KiB`, `17MiB`: at most four digits, 1024-based. */
export function binarySize(bytes: number): string {
  return formatSize(bytes, 1024, binaryUnits)
}

function parseSize(text: string, base: number): number {
  const match = /^(\d+\.?\d*|\.\d+) ?(?:(b?)|([kmgtp])(i?b)?)$/i.exec(text)
  if (match === null) throw invalid('size-malformed', `invalid size: '${text}'`)
  const power = powers.indexOf((match[3] ?? '').toLowerCase() as (typeof powers)[number])
  return Math.trunc(Number(match[1]) * base ** power)
}

function formatSize(bytes: number, base: number, units: readonly string[]): string {
  let size = bytes
  let power = 0
  while (size >= base && power < units.length - 1) {
    size /= base
    power++
  }
  return `${fourDigits(size)}${units[power]}`
}

/** C's %.4g for 0 ≤ n < 10,000 and, as go-units, `1e+04` beyond. */
function fourDigits(size: number): string {
  const text = Number(size.toPrecision(4))
  return text >= 10_000 ? text.toExponential().replace(/e\+(\d)$/, 'e+0$1') : String(text)
}
