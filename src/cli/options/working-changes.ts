// buildah's words for changing a list: `NAME=VALUE` sets, `NAME-` removes, `-` removes all.

import { invalid } from '../../base/errors.ts'

export function changeMembers(
  members: Readonly<Record<string, string>>,
  words: readonly string[],
): Record<string, string> {
  const changed = new Map(Object.entries(members))
  for (const word of words) {
    const equals = word.indexOf('=')
    if (equals >= 0) changed.set(word.slice(0, equals), word.slice(equals + 1))
    else if (word === '-') changed.clear()
    else if (word.endsWith('-')) changed.delete(word.slice(0, -1))
    else changed.set(word, '')
  }
  return Object.fromEntries(changed)
}

export function changeNames(names: readonly string[], words: readonly string[]): string[] {
  const changed = new Set(names)
  for (const word of words) {
    if (word === '-') changed.clear()
    else if (word.endsWith('-')) changed.delete(word.slice(0, -1))
    else changed.add(word)
  }
  return [...changed]
}

/** A value may name variables of the image; a name alone takes ours. @throws invalid `env-missing` */
export function changeEnvironment(entries: readonly string[], words: readonly string[]): string[] {
  const changed = new Map(entries.map((entry) => [nameOf(entry), entry]))
  for (const word of words) {
    if (word === '-') changed.clear()
    else if (word.endsWith('-') && !word.includes('=')) changed.delete(word.slice(0, -1))
    else changed.set(nameOf(word), word.includes('=') ? expanded(word, changed) : ours(word))
  }
  return [...changed.values()]
}

function expanded(word: string, known: ReadonlyMap<string, string>): string {
  const name = nameOf(word)
  const value = word.slice(name.length + 1)
  const lookup = (variable: string) => known.get(variable)?.slice(variable.length + 1) ?? variable
  return `${name}=${value.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => lookup(braced ?? bare ?? ''))}`
}

function ours(name: string): string {
  const value = process.env[name]
  if (value !== undefined && value !== '') return `${name}=${value}`
  throw invalid('env-missing', `setting env ${JSON.stringify(name)}: no value given`, `Write ${name}=VALUE.`)
}

function nameOf(entry: string): string {
  const equals = entry.indexOf('=')
  return equals < 0 ? entry : entry.slice(0, equals)
}
