// How far a command line has come: its command, and what may follow.

import { EngineError } from '../../base/errors.ts'
import type { AnyCommand, OptionSpec, OptionTable } from '../command.ts'
import { type Found, findCommand } from '../find-command.ts'
import { persistentOptions, rootOptions } from '../global-options.ts'
import { type Occurrence, scanFlags } from '../pflag.ts'

export interface TypedLine {
  /** Of the command, or of the group whose commands may follow. */
  readonly path: readonly string[]
  readonly command: AnyCommand | undefined
  /** Flags that it takes, the global ones too. */
  readonly options: OptionTable
  readonly isFlagPossible: boolean
  /** Positionals so far. */
  readonly args: readonly string[]
  readonly given: readonly Occurrence[]
  /** The next word is its value. */
  readonly flag: TypedFlag | undefined
}

export type TypedFlag = readonly [name: string, option: OptionSpec]

/** `words`: all but the one at the cursor. @throws invalid for what cannot become a command line */
export async function readTypedLine(words: readonly string[]): Promise<TypedLine> {
  const [found, globalFlag] = untilFlag(words, findCommand)
  if (found.kind === 'group') return ofGroup(found, globalFlag)
  const { default: command } = await found.row.load()
  const options: OptionTable = { ...persistentOptions, ...command.options }
  const isInterspersed = !(command.positionals ?? []).some(({ isRest }) => isRest)
  const [scan, flag] = untilFlag(found.rest, (rest) => scanFlags(rest, options, { isInterspersed }))
  const isFlagPossible = !found.rest.includes('--') && (isInterspersed || scan.positionals.length === 0)
  return {
    path: found.path,
    command,
    options,
    isFlagPossible,
    args: scan.positionals,
    given: [...found.global, ...scan.occurrences],
    flag: flagOf(flag, options),
  }
}

/** The flag that a word such as `--name` or `-n` ends with. */
export function flagOf(word: string | undefined, options: OptionTable): TypedFlag | undefined {
  if (word === undefined) return undefined
  const isMeant = ([name, { short, aliases = [] }]: TypedFlag) =>
    word.startsWith('--') ? [name, ...aliases].includes(word.slice(2)) : short === word.at(-1)
  return Object.entries(options).find(isMeant)
}

function ofGroup({ path, global }: Extract<Found, { kind: 'group' }>, flag: string | undefined): TypedLine {
  const options = path.length === 0 ? rootOptions : persistentOptions
  const rest = { command: undefined, isFlagPossible: true, args: [] }
  return { path, options, given: global, flag: flagOf(flag, options), ...rest }
}

/** What `read` makes of the words, and the last one where that is a flag without its value. */
function untilFlag<T>(words: readonly string[], read: (words: readonly string[]) => T): [T, string | undefined] {
  try {
    return [read(words), undefined]
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'flag-needs-argument') throw error
    return [read(words.slice(0, -1)), words.at(-1)]
  }
}
