// Flags of an instruction, `--name=value` before its words. Every instruction names the flags that it knows.

import { nearestWord } from './nearest-word.ts'
import { SyntaxProblem } from './source-error.ts'

type FlagType = 'boolean' | 'text' | 'list'
type FlagTable = Readonly<Record<string, FlagType>>
type FlagValue = { readonly boolean: boolean; readonly text: string; readonly list: readonly string[] }

/** What was given; a list that was not given is empty. */
export type Flags<T extends FlagTable> = {
  readonly [K in keyof T]: T[K] extends 'list' ? readonly string[] : FlagValue[T[K]] | undefined
}

/** @throws SyntaxProblem for an unknown flag, one given twice, a missing or malformed value */
export function readFlags<const T extends FlagTable>(words: readonly string[], known: T): Flags<T> {
  const found = new Map<string, string[]>()
  for (const word of words) {
    const equals = word.indexOf('=')
    const name = word.slice(2, equals < 0 ? undefined : equals)
    const type = Object.hasOwn(known, name) ? known[name] : undefined
    if (type === undefined) throw unknownFlag(name, Object.keys(known))
    const values = found.get(name) ?? []
    if (values.length > 0 && type !== 'list')
      throw new SyntaxProblem(`flag --${name} is given twice`, { near: `--${name}` })
    if (equals < 0 && type !== 'boolean') throw new SyntaxProblem(`flag --${name} needs a value`, { near: `--${name}` })
    found.set(name, [...values, equals < 0 ? 'true' : word.slice(equals + 1)])
  }
  const entries = Object.entries(known).map(([name, type]) => [name, valueOf(name, type, found.get(name) ?? [])])
  return Object.fromEntries(entries) as Flags<T>
}

function valueOf(name: string, type: FlagType, values: readonly string[]): FlagValue[FlagType] | undefined {
  if (type === 'list') return values
  const [value] = values
  return type === 'boolean' && value !== undefined ? parseBoolean(name, value) : value
}

function parseBoolean(name: string, value: string): boolean {
  const word = value.toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  throw new SyntaxProblem(`flag --${name} is true or false, not '${value}'`, { near: `--${name}` })
}

function unknownFlag(name: string, known: readonly string[]): SyntaxProblem {
  const near = nearestWord(name, known)
  const list = known.length === 0 ? 'The instruction takes no flags.' : `The instruction takes ${listed(known)}.`
  const hint = near === undefined ? list : `Did you mean --${near}?`
  return new SyntaxProblem(`unknown flag --${name}`, { near: `--${name}`, hint })
}

function listed(names: readonly string[]): string {
  return names.map((name) => `--${name}`).join(', ')
}
