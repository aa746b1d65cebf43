// `--module NAME` where there is no such module.

import { findModule } from '../engine/config/configuration-files.ts'
import { surroundings } from '../engine/config/resolve-settings.ts'
import { rootOptions } from './global-options.ts'
import { scanFlags } from './pflag.ts'

/** The error that the first missing module of a command line is worth; undefined if all are there. */
export function missingModule(words: readonly string[]): unknown {
  const { occurrences } = scanFlags(words, rootOptions, { isInterspersed: false })
  try {
    const at = surroundings(process.env)
    for (const { name, value } of occurrences) if (name === 'module') findModule(at, value)
    return undefined
  } catch (error) {
    return error
  }
}
