// YAML, for files that others write. Import this file lazily: few starts meet one.

import { parse } from 'yaml'

/** @throws Error with what is wrong, and where */
export function parseYaml(text: string): unknown {
  return parse(text, { maxAliasCount: 100 })
}
