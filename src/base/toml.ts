// TOML, for the configuration files of the containers family. Import this file lazily: most starts need no TOML.

import { parse } from 'smol-toml'
import { errorMessage, invalid } from './errors.ts'

export type TomlTable = { readonly [key: string]: TomlValue }
export type TomlValue = string | number | bigint | boolean | Date | readonly TomlValue[] | TomlTable

/** @throws invalid `toml-malformed`, naming `path` */
export function parseToml(path: string, text: string): TomlTable {
  try {
    return parse(withoutComments(text)) as TomlTable
  } catch (error) {
    throw invalid('toml-malformed', `'${path}': ${errorMessage(error).split('\n')[0]}`)
  }
}

/** Distributions' files are comments mostly, which the parser walks through letter by letter. The lines stay, for messages to name. */
function withoutComments(text: string): string {
  const mayHoldThem = text.includes('"""') || text.includes("'''")
  return mayHoldThem ? text : text.replace(/^[ \t]*#.*$/gm, '')
}
