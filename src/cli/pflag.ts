// The grammar of Go's pflag, which podman's users have in their fingers: short groups (`-it`), attached values (`-eFOO=1`), `--`, bare
// values. Turns words into occurrences of flags and nothing more: types and defaults are yargs.ts' business.

import { EngineError } from '../base/errors.ts'
import type { OptionSpec, OptionTable } from './command.ts'

export interface Occurrence {
  /** The long name as declared. */
  readonly name: string
  readonly value: string
}

export interface Scan {
  readonly occurrences: readonly Occurrence[]
  /** What is no flag, in order. */
  readonly positionals: readonly string[]
}

export interface ScanOptions {
  /** False: flags end at the first positional, as for `run IMAGE COMMAND…`. */
  readonly isInterspersed: boolean
}

/** @throws invalid `unknown-flag`, `flag-needs-argument`, `bad-flag-syntax` */
export function scanFlags(words: readonly string[], table: OptionTable, options: ScanOptions): Scan {
  const scan: ScanState = { words, next: 0, flags: indexFlags(table), occurrences: [], positionals: [] }
  while (scan.next < words.length) {
    const word = words[scan.next++] as string
    if (word === '--') break
    if (word.startsWith('--')) scanLong(scan, word)
    else if (word.startsWith('-') && word !== '-') scanShorts(scan, word)
    else if (options.isInterspersed) scan.positionals.push(word)
    else {
      scan.next--
      break
    }
  }
  return { occurrences: scan.occurrences, positionals: [...scan.positionals, ...words.slice(scan.next)] }
}

/** The `-n, --name` of pflag's messages. */
export function flagLabel(name: string, option: OptionSpec): string {
  return option.short === undefined ? `--${name}` : `-${option.short}, --${name}`
}

interface ScanState {
  readonly words: readonly string[]
  next: number
  readonly flags: FlagIndex
  readonly occurrences: Occurrence[]
  readonly positionals: string[]
}

type Flag = readonly [name: string, option: OptionSpec]

interface FlagIndex {
  readonly long: ReadonlyMap<string, Flag>
  readonly short: ReadonlyMap<string, Flag>
}

function indexFlags(table: OptionTable): FlagIndex {
  const long = new Map<string, Flag>()
  const short = new Map<string, Flag>()
  for (const [name, option] of Object.entries(table)) {
    const flag: Flag = [name, option]
    for (const spelling of [name, ...(option.aliases ?? [])]) long.set(spelling, flag)
    if (option.short !== undefined) short.set(option.short, flag)
  }
  return { long, short }
}

function scanLong(scan: ScanState, word: string): void {
  const equals = word.indexOf('=')
  const name = equals === -1 ? word.slice(2) : word.slice(2, equals)
  if (name === '' || name.startsWith('-')) throw flagError('bad-flag-syntax', `bad flag syntax: ${word}`)
  const flag = scan.flags.long.get(name)
  if (flag === undefined) throw flagError('unknown-flag', `unknown flag: --${name}`)
  const value = equals === -1 ? (bareValue(flag[1]) ?? scan.words[scan.next++]) : word.slice(equals + 1)
  if (value === undefined) throw flagError('flag-needs-argument', `flag needs an argument: --${name}`)
  scan.occurrences.push({ name: flag[0], value })
}

function scanShorts(scan: ScanState, word: string): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] as string
    const flag = scan.flags.short.get(letter)
    if (flag === undefined) {
      throw flagError('unknown-flag', `unknown shorthand flag: '${letter}' in -${word.slice(at)}`)
    }
    const rest = word.slice(at + 1)
    const bare = bareValue(flag[1])
    if (rest.length > 1 && rest.startsWith('=')) {
      scan.occurrences.push({ name: flag[0], value: rest.slice(1) })
      return
    }
    if (bare === undefined) {
      const value = rest === '' ? scan.words[scan.next++] : rest
      if (value === undefined)
        throw flagError('flag-needs-argument', `flag needs an argument: '${letter}' in -${word.slice(at)}`)
      scan.occurrences.push({ name: flag[0], value })
      return
    }
    scan.occurrences.push({ name: flag[0], value: bare })
  }
}

function bareValue(option: OptionSpec): string | undefined {
  return option.type === 'boolean' ? 'true' : option.bare
}

function flagError(code: string, message: string): EngineError {
  return new EngineError({ kind: 'invalid', code, message })
}
