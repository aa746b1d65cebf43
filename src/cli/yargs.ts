// One command's words → its typed options and positionals. pflag.ts reads the grammar, because yargs' own differs where fingers notice
// (`-eFOO=1`, `--opt value` without a value, quotes taken off); yargs' parser gets each flag as one `--name=value` and collects, defaults
// and converts. Only its parser is used: all of yargs costs as much start-up time as a bare Node.

import { Parser } from 'yargs/helpers'
import { invalid } from '../base/errors.ts'
import { parseGoBool } from '../base/go-bool.ts'
import type { AnyCommand, Invocation, OptionSpec, OptionTable } from './command.ts'
import { withUsage } from './find-command.ts'
import { persistentOptions } from './global-options.ts'
import { flagLabel, type Occurrence, scanFlags } from './pflag.ts'
import { checkPositionals } from './positionals.ts'

export interface CommandLine {
  readonly path: readonly string[]
  readonly words: readonly string[]
}

export interface ParsedCommand {
  readonly invocation: Invocation<OptionTable>
  /** Global flags that stood after the command's words. */
  readonly global: readonly Occurrence[]
  readonly isHelpWanted: boolean
}

/** @throws invalid `unknown-flag`, `flag-needs-argument`, `flag-invalid`, `arguments-invalid` */
export function parseCommand(command: AnyCommand, line: CommandLine): ParsedCommand {
  const positionals = command.positionals ?? []
  const isInterspersed = !positionals.some((positional) => positional.isRest)
  const table: OptionTable = { ...persistentOptions, ...command.options }
  return withUsage(line.path, () => {
    const scan = scanFlags(line.words, table, { isInterspersed })
    const own = scan.occurrences.filter(({ name }) => Object.hasOwn(command.options, name))
    const global = scan.occurrences.filter(({ name }) => !Object.hasOwn(command.options, name))
    const isHelpWanted = global.some(({ name, value }) => name === 'help' && value === 'true')
    const options = collect(own, command.options)
    if (!isHelpWanted) checkPositionals(line.path, positionals, scan.positionals)
    const given = new Set(own.map(({ name }) => name))
    return { invocation: { options, args: scan.positionals, path: line.path, given }, global, isHelpWanted }
  })
}

/** Flags of a table that stands for itself: the global ones. */
export function collect<T extends OptionTable>(occurrences: readonly Occurrence[], table: T): Invocation<T>['options'] {
  const isList = (name: string) => table[name]?.type === 'strings'
  const last = lastOfEach(occurrences, isList)
  // yargs is told only of the flags that are there: it takes its time over each of the 150 that `run` knows.
  const names = [...new Set(last.map(({ name }) => name))]
  const { argv: parsed, error } = Parser.detailed(
    last.map(({ name, value }) => `--${name}=${guard}${value}`),
    {
      array: names.filter(isList),
      string: names,
      coerce: Object.fromEntries(
        names.map((name) => [name, (value: unknown) => convert(name, table[name] as OptionSpec, value)]),
      ),
      configuration,
    },
  )
  if (error !== null) throw error
  const options = Object.entries(table).map(([name, option]) => [name, parsed[name] ?? defaultOf(option)] as const)
  return Object.fromEntries(options) as Invocation<T>['options']
}

/** Keeps yargs from taking quotes off a value, and from reading `--x=--y` as a flag. */
const guard = '='

const configuration = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
  'strip-aliased': true,
}

/** As pflag: a repeated scalar is overwritten, a list grows. */
function lastOfEach(occurrences: readonly Occurrence[], isList: (name: string) => boolean): Occurrence[] {
  const last = new Map(occurrences.map((occurrence) => [occurrence.name, occurrence]))
  return occurrences.filter((occurrence) => isList(occurrence.name) || last.get(occurrence.name) === occurrence)
}

function defaultOf(option: OptionSpec): unknown {
  if (option.type === 'strings') return []
  return option.default ?? (option.type === 'boolean' ? false : undefined)
}

function convert(name: string, option: OptionSpec, value: unknown): unknown {
  if (Array.isArray(value)) {
    const texts = value.map((text) => String(text).slice(guard.length))
    return option.isCommaSeparated ? texts.flatMap((text) => splitCsv(text)) : texts
  }
  if (typeof value !== 'string' || !value.startsWith(guard)) return value
  const flag: NamedFlag = { name, option }
  const text = value.slice(guard.length)
  if (option.type === 'boolean') return toBoolean(flag, text)
  if (option.type === 'number') return toNumber(flag, text)
  if (option.choices !== undefined && !option.choices.includes(text)) {
    const choices = JSON.stringify(option.choices.join(', '))
    throw badValue(flag, text, `${JSON.stringify(text)} is not a valid value.  Choose from: ${choices}`)
  }
  return text
}

interface NamedFlag {
  readonly name: string
  readonly option: OptionSpec
}

function toBoolean(flag: NamedFlag, text: string): boolean {
  const value = parseGoBool(text)
  if (value === undefined) {
    throw badValue(flag, text, `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
  }
  return value
}

/** Decimal, with a fraction (`--cpus 1.5`), or 0x and 0o as Go's ParseInt takes with base 0. */
function toNumber(flag: NamedFlag, text: string): number {
  const value = /^([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|0[xX][0-9a-fA-F]+|0[oO][0-7]+)$/.test(text)
    ? Number(text)
    : Number.NaN
  if (Number.isNaN(value))
    throw badValue(flag, text, `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return value
}

function badValue({ name, option }: NamedFlag, text: string, reason: string): Error {
  return invalid(
    'flag-invalid',
    `invalid argument ${JSON.stringify(text)} for "${flagLabel(name, option)}" flag: ${reason}`,
  )
}

/** One line of RFC 4180: commas separate, a field in double quotes keeps them. */
function splitCsv(text: string): string[] {
  if (text === '') return []
  const fields = text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)
  return Array.from(fields, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}
