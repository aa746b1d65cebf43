// Reading one value of a parsed configuration file, with its type checked: a wrong type is an error that names the key.

import { invalid } from '../../base/errors.ts'
import type { TomlTable, TomlValue } from '../../base/toml.ts'

/** The table at `section` ("engine.runtimes"), empty when absent. */
export function confTable(conf: TomlTable, section: string): TomlTable {
  let table = conf
  for (const name of section.split('.')) {
    const next = table[name]
    if (next === undefined) return {}
    if (!isTable(next)) throw wrongType(section, 'a table')
    table = next
  }
  return table
}

/** An empty text counts as absent, as in containers.conf(5). */
export function confText(table: TomlTable, key: string): string | undefined {
  const value = table[key]
  if (value === undefined || value === '') return undefined
  if (typeof value !== 'string') throw wrongType(key, 'a text')
  return value
}

export function confNumber(table: TomlTable, key: string): number | undefined {
  const value = table[key]
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw wrongType(key, 'a number')
  return value
}

export function confBoolean(table: TomlTable, key: string): boolean | undefined {
  const value = table[key]
  if (value === undefined) return undefined
  if (typeof value !== 'boolean') throw wrongType(key, 'true or false')
  return value
}

export function confTexts(table: TomlTable, key: string): readonly string[] | undefined {
  const value = table[key]
  if (value === undefined) return undefined
  if (!Array.isArray(value)) throw wrongType(key, 'a list of texts')
  return value.map((item: TomlValue) => {
    if (typeof item !== 'string') throw wrongType(key, 'a list of texts')
    return item
  })
}

/** A value out of a fixed set; `fallback` when absent. */
export function confChoice<T extends string>(
  table: TomlTable,
  key: string,
  choice: { of: readonly T[]; fallback: T },
): T {
  const text = confText(table, key)
  if (text === undefined) return choice.fallback
  const known = choice.of.find((value) => value === text)
  if (known === undefined) throw wrongType(key, `one of ${choice.of.join(', ')}, but '${text}'`)
  return known
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date)
}

function wrongType(key: string, wanted: string): Error {
  return invalid('conf-invalid', `containers.conf: '${key}' must be ${wanted}`)
}
