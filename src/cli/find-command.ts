// Words → a row of the command table, with cobra's rules: flags may stand between the words, aliases count for any word.

import { EngineError } from '../base/errors.ts'
import { type CommandGroup, commandGroups } from './command-groups.ts'
import type { CommandRow } from './command-row.ts'
import { commandTable } from './command-table.ts'
import { persistentOptions, rootOptions } from './global-options.ts'
import { type Occurrence, scanFlags } from './pflag.ts'
import { programName } from './program-name.ts'

export type Found =
  | {
      readonly kind: 'command'
      readonly path: readonly string[]
      readonly row: CommandRow
      readonly rest: readonly string[]
      readonly global: readonly Occurrence[]
    }
  | { readonly kind: 'group'; readonly path: readonly string[]; readonly global: readonly Occurrence[] }

/** @throws invalid `unknown-command`, and what scanFlags throws for a global flag */
export function findCommand(words: readonly string[]): Found {
  const global: Occurrence[] = []
  let path: readonly string[] = []
  let rest = words
  for (;;) {
    const scan = withUsage(path, () =>
      scanFlags(rest, path.length === 0 ? rootOptions : persistentOptions, { isInterspersed: false }),
    )
    global.push(...scan.occurrences)
    const [word, ...after] = scan.positionals
    if (word === undefined) return { kind: 'group', path, global }
    const name = canonicalWord(path, word)
    if (name === undefined) throw unknownCommand(path, word, after)
    path = [...path, name]
    rest = after
    const row = commandTable[path.join(' ')]
    if (row !== undefined) return { kind: 'command', path, row, rest, global }
  }
}

/** The rows and groups directly below `path`, by their last word, sorted. */
export function childrenOf(path: readonly string[]): [string, CommandRow | CommandGroup][] {
  const prefix = path.length === 0 ? '' : `${path.join(' ')} `
  return [...Object.entries(commandGroups), ...Object.entries(commandTable)]
    .filter(([key]) => key.startsWith(prefix) && !key.slice(prefix.length).includes(' '))
    .map(([key, row]): [string, CommandRow | CommandGroup] => [key.slice(prefix.length), row])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Runs a flag scan; adds `See 'gantry run --help'` to what is wrong with a flag. */
export function withUsage<T>(path: readonly string[], scan: () => T): T {
  try {
    return scan()
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const facts = { kind: error.kind, code: error.code, message: error.message }
    throw new EngineError({ ...facts, hint: `See '${commandName(path)} --help'` })
  }
}

export function commandName(path: readonly string[]): string {
  return [programName, ...path].join(' ')
}

function canonicalWord(path: readonly string[], word: string): string | undefined {
  const key = [...path, word].join(' ')
  if (Object.hasOwn(commandTable, key) || Object.hasOwn(commandGroups, key)) return word
  return childrenOf(path).find(([, row]) => row.aliases?.includes(word))?.[0]
}

/** `after`: a flag among these that is none is told of first under the name of podman, as cobra does; its error is the cause. */
function unknownCommand(path: readonly string[], word: string, after: readonly string[]): EngineError {
  const suggestions = suggest(path, word)
  const meant = suggestions.length === 0 ? '' : `\n\nDid you mean this?\n\t${suggestions.join('\n\t')}\n`
  return new EngineError({
    kind: 'invalid',
    code: 'unknown-command',
    message: `unrecognized command \`${commandName(path)} ${word}\`${meant}`,
    hint: `Try '${commandName(path)} --help' for more information`,
    cause: programName === 'podman' ? flagErrorIn(path, after) : undefined,
  })
}

function flagErrorIn(path: readonly string[], words: readonly string[]): unknown {
  try {
    withUsage(path, () =>
      scanFlags(words, path.length === 0 ? rootOptions : persistentOptions, { isInterspersed: true }),
    )
    return undefined
  } catch (error) {
    return error
  }
}

function suggest(path: readonly string[], word: string): string[] {
  const typed = word.toLowerCase()
  return childrenOf(path)
    .filter(
      ([name, row]) => !('isHidden' in row && row.isHidden) && (name.startsWith(typed) || distance(typed, name) <= 2),
    )
    .map(([name]) => name)
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, change))
    }
    row = next
  }
  return row[b.length] as number
}
